-- One row per ticket that is left of a merger and of which nobody can say what was its own before:
-- a merger mixes histories, and what is first read after it may be of any of the tickets.
with firsts as (

    select
        contract_key,
        source,
        survivor_id,
        min(merged_at) as merged_at
    from {{ ref('stg_hubspot__mergers') }}
    group by contract_key, source, survivor_id

),

counts as (

    select
        history.contract_key,
        history.source,
        history.ticket_id,
        sum(case when history.first_read_at <= firsts.merged_at then 1 else 0 end) as own_count,
        sum(case when history.first_read_at > firsts.merged_at then 1 else 0 end) as foreign_count,
        sum(case
            when history.first_read_at > firsts.merged_at and not history.is_copy then 1
            else 0
        end) as unexplained_count
    from {{ ref('stg_hubspot__history') }} as history
    inner join firsts
        on
            history.contract_key = firsts.contract_key
            and history.source = firsts.source
            and history.ticket_id = firsts.survivor_id
            and history.occurred_at < firsts.merged_at
    where history.record_kind = 'stage'
    group by history.contract_key, history.source, history.ticket_id

)

select
    contract_key,
    source,
    ticket_id
from counts
where foreign_count > 0 and (own_count = 0 or unexplained_count > 0)
