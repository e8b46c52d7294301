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
    {% for relation in relations %}
    select {{ columns | join(', ') }}
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}
