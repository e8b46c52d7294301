{#- Who is what by the contract's registry, with bounds that are always there: a join on plain
    comparisons stays one pass, with any number of actors. -#}
{% macro registered_actors() -%}
    select
        contract_key,
        actor_id,
        actor_type,
        coalesce(valid_from, cast('0001-01-01' as timestamp)) as valid_from,
        coalesce(valid_until, cast('9999-12-31' as timestamp)) as valid_until
    from {{ source('terms', 'actors') }}
{%- endmacro %}
