{#- What engines spell differently, under one name from the domain each. -#}

{% macro microseconds_after(instant, microseconds) %}
    {{- return(adapter.dispatch('microseconds_after', 'recount')(instant, microseconds)) -}}
{% endmacro %}

{% macro default__microseconds_after(instant, microseconds) -%}
    {{ instant }} + to_microseconds({{ microseconds }})
{%- endmacro %}

{% macro spark__microseconds_after(instant, microseconds) -%}
    timestamp_micros(unix_micros({{ instant }}) + {{ microseconds }})
{%- endmacro %}


{#- Orders events in time, and those of one instant by their id, bytewise. -#}
{% macro event_order(occurred_at, event_id) %}
    {{- return(adapter.dispatch('event_order', 'recount')(occurred_at, event_id)) -}}
{% endmacro %}

{% macro default__event_order(occurred_at, event_id) -%}
    struct_pack(occurred_at := {{ occurred_at }}, event_id := {{ event_id }})
{%- endmacro %}

{% macro spark__event_order(occurred_at, event_id) -%}
    named_struct('occurred_at', {{ occurred_at }}, 'event_id', {{ event_id }})
{%- endmacro %}


{#- One free attribute of a subject, out of its JSON object; its name may hold anything. -#}
{% macro attribute_of(attributes, name) %}
    {{- return(adapter.dispatch('attribute_of', 'recount')(attributes, name)) -}}
{% endmacro %}

{% macro default__attribute_of(attributes, name) -%}
    json_extract_string({{ attributes }}, '/' || replace(replace({{ name }}, '~', '~0'), '/', '~1'))
{%- endmacro %}

{% macro spark__attribute_of(attributes, name) -%}
    from_json({{ attributes }}, 'map<string,string>')[{{ name }}]
{%- endmacro %}


{#- A 64-bit fingerprint: finds what may be equal; what is found is then compared itself. -#}
{% macro fingerprint(columns) %}
    {{- return(adapter.dispatch('fingerprint', 'recount')(columns)) -}}
{% endmacro %}

{% macro default__fingerprint(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__fingerprint(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}


{#- Names in one text, in their order, with commas between; null where there is none. -#}
{% macro listed(name) %}
    {{- return(adapter.dispatch('listed', 'recount')(name)) -}}
{% endmacro %}

{% macro default__listed(name) -%}
    string_agg({{ name }}, ', ' order by {{ name }})
{%- endmacro %}

{% macro spark__listed(name) -%}
    nullif(array_join(sort_array(collect_list({{ name }})), ', '), '')
{%- endmacro %}
