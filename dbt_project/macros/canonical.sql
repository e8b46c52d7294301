{#- The columns of the canonical event log: what every source is translated into. -#}
{% macro canonical_events(relations) -%}
    {{ _union_of(relations, [
        'contract_key', 'source', 'event_id', 'subject_id', 'subject_type', 'event_type',
        'occurred_at', 'actor_type', 'actor_id', 'value', 'unit', 'related_subject_id'
    ]) }}
{%- endmacro %}

{% macro canonical_subjects(relations) -%}
    {{ _union_of(relations, [
        'contract_key', 'source', 'subject_id', 'subject_type', 'opened_at', 'requester_key',
        'queue', 'channel', 'tier', 'language', 'department', 'is_test', 'attributes'
    ]) }}
{%- endmacro %}

{#- Columns by name, so that a moved column cannot swap two values. -#}
{% macro _union_of(relations, columns) -%}
    {% for relation in built(relations) %}
    select {{ columns | join(', ') }}
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}

{#- What some systems tell and others do not: there may be nothing, which has its types all the same. -#}
{% macro rows_of(relations, types) -%}
    select
        {% for column, type in types.items() %}
        cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    where false
    {% for relation in built(relations) %}
    union all
    select {{ types | join(', ') }}
    from {{ relation }}
    {% endfor %}
{%- endmacro %}

{#- A build of a month leaves out the systems that its contract does not name. Everything else, such
    as the documentation and unit tests, has all of them. -#}
{% macro built(relations) -%}
    {%- set found = [] -%}
    {%- for relation in relations -%}
        {%- if flags.WHICH != 'build' or relation.is_cte or load_relation(relation) is not none -%}
            {%- do found.append(relation) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}
