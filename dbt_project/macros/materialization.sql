{#- A build goes into a database of its own that is thrown away: nobody reads it meanwhile, so that a
    relation is made in its place, and not beside it and renamed. Contracts are kept as dbt keeps them. -#}

{% materialization view, adapter='duckdb' %}
    {{ return(_made_in_place('view', get_create_view_as_sql)) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {{ return(_made_in_place('table', _create_table_as_sql)) }}
{% endmaterialization %}

{% macro _create_table_as_sql(relation, sql) -%}
    {{- get_create_table_as_sql(false, relation, sql) -}}
{%- endmacro %}

{% macro _made_in_place(type, create_sql) %}
    {%- set relation = this.incorporate(type=type) -%}
    {%- set older = load_cached_relation(this) -%}
    {%- if older -%}{%- do adapter.drop_relation(older) -%}{%- endif -%}
    {% call statement('main') %}{{ create_sql(relation, sql) }}{% endcall %}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
