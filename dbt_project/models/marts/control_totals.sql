-- One row per contract that is run: what was counted at every hop, for the guard to judge.
{% set counts = {
    'events': [
        'event_staged_count', 'event_unobserved_count', 'event_observed_count'
    ],
    'evidence': [
        'event_type_not_shown_count', 'event_type_cut_short_count',
        'required_event_type_absent_count'
    ],
    'subjects': [
        'subject_invoiced_count', 'subject_known_count', 'subject_concluded_by_unknown_count',
        'subject_lacking_scope_attribute_count', 'subject_contradicted_count'
    ],
    'verdicts': [
        'candidate_count', 'candidate_without_period_count',
        'candidate_concluded_before_opened_count', 'clause_verdict_expected_count',
        'clause_verdict_count'
    ],
    'lines': [
        'line_staged_count', 'line_billed_count', 'line_deducted_count', 'line_dated_count', 'line_concluded_elsewhere_count',
        'line_lost_count', 'line_placed_twice_count',
        'line_without_status_count', 'line_of_unknown_type_count', 'line_unattributed_count',
        'line_wrong_product_count', 'line_before_milestone_count'
    ],
    'credits': [
        'credit_staged_count', 'credit_unclear_count', 'credit_void_count',
        'credit_of_another_invoice_count'
    ],
    'claims': ['subject_claimed_count'],
    'prices': ['determination_without_value_count', 'line_without_value_count'],
    'determinations': [
        'determination_count', 'determination_lost_count', 'determination_placed_twice_count'
    ],
} %}
with manifests as (

    select
        contract_key,
        sum(record_count) as landed_record_count,
        sum(parsed_count) as parsed_record_count
    from {{ source('landed', 'manifests') }}
    group by contract_key

),

placed as (

    select
        contract,
        sum(case when line_kind <> 'recount' then line_count else 0 end) as line_placed_count,
        sum(amount_invoiced) as amount_placed
    from {{ ref('line_totals') }}
    group by contract

)

select
    runs.contract,
    runs.version,
    runs.period,
    runs.as_of,
    cast(coalesce(manifests.landed_record_count, 0) as bigint) as landed_record_count,
    cast(coalesce(manifests.parsed_record_count, 0) as bigint) as parsed_record_count,
    {% for hop, columns in counts.items() %}{% for column in columns %}
    cast(coalesce({{ hop }}.{{ column }}, 0) as bigint) as {{ column }},
    {% endfor %}{% endfor %}
    claims.claims,
    evidence.event_types_not_shown,
    evidence.event_types_cut_short,
    evidence.required_event_types_absent,
    cast(coalesce(placed.line_placed_count, 0) as bigint) as line_placed_count,
    cast(coalesce(lines.amount_deducted, 0) as decimal(18, 6)) as amount_deducted,
    cast(coalesce(credits.amount_of_other_invoices, 0) as decimal(18, 6))
        as amount_of_other_invoices,
    cast(coalesce(lines.amount_staged, 0) as decimal(18, 6)) as amount_staged,
    cast(coalesce(placed.amount_placed, 0) as decimal(18, 6)) as amount_placed
from {{ ref('int_runs') }} as runs
left join manifests
    on runs.contract_key = manifests.contract_key
left join placed
    on runs.contract = placed.contract
{% for hop in counts %}
left join {{ ref('int_control_' ~ hop) }} as {{ hop }}
    on runs.contract_key = {{ hop }}.contract_key
{% endfor %}
