-- The tickets of a benchmark as table macros: a hash of the ticket's number decides everything.

create table stories (story varchar, from_permille integer, is_billed boolean, score integer);

insert into stories values
('solved', 0, true, 5),
('human_replied', 620, true, 4),
('reopened', 680, true, 4),
('unrated', 760, true, null),
('rated_low', 820, true, 2),
('human_solved', 850, true, null),
('other_queue', 880, true, 5),
('human_solved_unbilled', 900, false, null);

-- Before the conclusion a step lies at a share of the talk, after it at a number of hours.
create table steps (
    step integer, event_type varchar, actor_type varchar, permille_of_talk integer,
    hours_after integer
);

insert into steps values
(1, 'opened', 'requester', 0, null),
(2, 'contacted', 'requester', 1, null),
(3, 'assigned', 'automation', 10, null),
(4, 'acted', 'ai_agent', 20, null),
(5, 'replied', 'ai_agent', 30, null),
(6, 'contacted', 'requester', 200, null),
(7, 'replied', 'second', 300, null),
(8, 'contacted', 'requester', 600, null),
(9, 'replied', 'second', 800, null),
(10, 'noted', 'ai_agent', 950, null),
(11, 'solved', 'solver', null, 0),
(12, 'reopened', 'requester', null, 100),
(13, 'closed', 'automation', null, 600);

create macro draw(number, seed, salt, below) as (hash(number, seed, salt) % below)::bigint;

create macro tickets(first, last, seed) as table
with drawn as (
    select
        number,
        'T-' || (100000000 + number) as subject_id,
        draw(number, seed, 'story', 1000) as permille,
        1782878400 + draw(number, seed, 'concluded', 7920000) as concluded_second,
        600 + draw(number, seed, 'talk', 86400) as talk_seconds
    from range(first, last) as numbers (number)
)

select
    drawn.*,
    stories.story,
    stories.is_billed,
    stories.score
from drawn
asof join stories on drawn.permille >= stories.from_permille;

create macro events(first, last, seed) as table
with told as (
    select
        tickets.*,
        steps.*,
        case
            when steps.actor_type = 'solver' and starts_with(story, 'human_s') then 'human_agent'
            when steps.actor_type = 'second' and starts_with(story, 'human') then 'human_agent'
            when steps.actor_type in ('solver', 'second') then 'ai_agent'
            else steps.actor_type
        end as actor
    from tickets(first, last, seed) as tickets
    cross join steps
    where steps.event_type <> 'reopened' or tickets.story = 'reopened'
)

select
    (100000000 + number) || '-' || lpad(step::varchar, 2, '0') as event_id,
    subject_id,
    'ticket' as subject_type,
    event_type,
    to_timestamp(
        concluded_second + coalesce(
            hours_after * 3600 + if(step = 11, 0, draw(number, seed, step, 3600)),
            -talk_seconds + talk_seconds * permille_of_talk // 1000
        )
    ) as occurred_at,
    actor as actor_type,
    case actor
        when 'ai_agent' then 'resolver'
        when 'automation' then 'triage'
        when 'human_agent' then 'agent-' || draw(number, seed, 'agent', 40)
    end as actor_id
from told
order by number, step;

create macro survey(first, last, seed) as table
select
    'R-' || (100000000 + number) as event_id,
    subject_id,
    'ticket' as subject_type,
    'rated' as event_type,
    to_timestamp(concluded_second + 60 + draw(number, seed, 'rated', 1000000)) as occurred_at,
    'requester' as actor_type,
    score::decimal(18, 4) as value,
    'score_of_5' as unit
from tickets(first, last, seed)
where score is not null
order by number;

create macro subjects(first, last, seed) as table
select
    subject_id,
    'ticket' as subject_type,
    to_timestamp(concluded_second - talk_seconds) as opened_at,
    lpad(to_hex(draw(number, seed, 'requester', 400000)), 16, '0') as requester_key,
    case
        when story = 'other_queue' then 'returns'
        when draw(number, seed, 'queue', 5) < 2 then 'billing'
        else 'orders'
    end as queue,
    if(draw(number, seed, 'channel', 10) < 6, 'chat', 'email') as channel,
    if(draw(number, seed, 'tier', 4) = 0, 'tier_2', 'tier_1') as tier,
    if(draw(number, seed, 'language', 7) < 4, 'de', 'en') as language
from tickets(first, last, seed)
order by number;

-- One line per billed ticket of the month in Berlin, and for one in a hundred a second one.
create macro invoice_lines(first, last, seed, month) as table
select
    'EXAI-' || month as invoice_id,
    lpad((number * 2 + copy)::varchar, 12, '0') as line_id,
    subject_id,
    'resolution' as outcome,
    strftime(make_timestamp(concluded_second * 1000000), '%Y-%m-%dT%H:%M:%SZ') as concluded_at,
    1 as quantity,
    '5.00' as unit_price,
    '5.00' as amount,
    'USD' as currency
from tickets(first, last, seed)
cross join range(2) as copies (copy)
where
    is_billed
    -- Berlin is two hours ahead of UTC in all three months.
    and strftime(make_timestamp((concluded_second + 7200) * 1000000), '%Y-%m') = month
    and (copy = 0 or draw(number, seed, 'copy', 100) = 0)
order by number, copy;
