-- A status, a reason and a part of the gap that do not belong together would accuse wrongly.
with totals as (

    select
        *,
        case
            when line_kind = 'outcome' and match_status is not null then match_status
            when line_kind = 'outcome' then 'lacks a status'
            when line_kind = 'recount' then coalesce(match_status, 'in total only')
            when match_status is null then line_kind
            else 'has a status'
        end as stands_for
    from {{ ref('line_totals') }}

),

expected as (

    select
        *,
        case
            when
                stands_for in (
                    'agreed', 'wrong_price', 'usage', 'fee', 'discount', 'reversed', 'unknown'
                )
                then 'none'
            when stands_for in ('duplicate', 'unknown_subject') then 'data'
            when stands_for = 'out_of_scope' then 'definition'
            when stands_for = 'out_of_period' then 'timing'
            when stands_for in ('unattributed', 'in total only') then 'unattributed'
            when stands_for = 'not_an_outcome' and gap_part in ('definition', 'data') then gap_part
            when stands_for in ('pending', 'unverifiable') and line_kind = 'outcome' then stands_for
            when stands_for = 'not_invoiced' and line_kind = 'recount' then stands_for
        end as gap_part_expected,
        stands_for in ('not_an_outcome', 'pending', 'unverifiable') as needs_a_reason
    from totals

)

select
    line_count || ' lines of ''' || outcome || ''' have the kind ''' || line_kind
    || ''', the status ' || coalesce(match_status, 'none')
    || ', the reason ' || coalesce(reason, 'none')
    || ' and stand in the gap under ' || coalesce(gap_part, 'none')
    || '; these do not belong together' as message
from expected
where
    gap_part_expected is null
    or gap_part_expected <> coalesce(gap_part, 'none')
    or needs_a_reason <> (reason is not null)
order by message
