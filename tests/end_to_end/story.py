"""A month in which each ticket has a story: what the feature rows ask for, in one log."""

from pathlib import Path
from typing import Any

from tests.support.small import write_month
from tests.support.tables import as_csv

SHOWS = ["opened", "replied", "solved", "closed", "reopened", "rated", "contacted"]
TICKETS = """
    event_id  subject_id    event_type  occurred_at           actor_type   value  unit
    a1        three         solved      2026-03-02T09:00:00Z  ai_agent
    a2        three         rated       2026-03-03T09:00:00Z  requester    3      score_of_5
    b1        four          solved      2026-03-02T09:00:00Z  ai_agent
    b2        four          rated       2026-03-03T09:00:00Z  requester    4      score_of_5
    c1        five          solved      2026-03-02T09:00:00Z  ai_agent
    c2        five          rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    d1        in_time       solved      2026-03-02T09:00:00Z  ai_agent
    d2        in_time       rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    d3        in_time       reopened    2026-03-16T08:59:59Z  requester
    e1        on_the_dot    solved      2026-03-02T09:00:00Z  ai_agent
    e2        on_the_dot    rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    e3        on_the_dot    reopened    2026-03-16T09:00:00Z  requester
    f1        too_late      solved      2026-03-02T09:00:00Z  ai_agent
    f2        too_late      rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    f3        too_late      reopened    2026-03-16T09:00:01Z  requester
    g1        handed_over   opened      2026-03-02T08:00:00Z  requester
    g2        handed_over   replied     2026-03-02T08:30:00Z  human_agent
    g3        handed_over   solved      2026-03-02T09:00:00Z  ai_agent
    g4        handed_over   rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    h1        redone        solved      2026-03-02T09:00:00Z  ai_agent
    h2        redone        reopened    2026-03-04T09:00:00Z  human_agent
    h3        redone        solved      2026-03-04T10:00:00Z  human_agent
    h4        redone        rated       2026-03-05T09:00:00Z  requester    5      score_of_5
    i1        called        solved      2026-03-02T09:00:00Z  ai_agent
    i2        called        rated       2026-03-02T10:00:00Z  requester    5      score_of_5
    i3        called_again  contacted   2026-03-03T09:00:00Z  requester
    j1        dark          solved      2026-03-02T09:00:00Z  ai_agent
    j2        dark          rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    k1        silent        solved      2026-03-02T09:00:00Z  ai_agent
    l1        unbilled      solved      2026-03-02T09:00:00Z  ai_agent
    l2        unbilled      rated       2026-03-03T09:00:00Z  requester    5      score_of_5
    m1        early         solved      2026-02-02T09:00:00Z  ai_agent
    m2        early         rated       2026-02-03T09:00:00Z  requester    5      score_of_5
"""
PLAIN = [f"plain-{number}" for number in range(1, 7)]
PLAIN_EVENTS = """\
{0}-1,{0},solved,2026-03-10T09:00:00Z,ai_agent,,,ticket
{0}-2,{0},rated,2026-03-11T09:00:00Z,requester,4,score_of_5,ticket
"""
# Nobody knows who wrote `dark`, and one person wrote `called` and `called_again`.
REQUESTERS = {
    **{name: f"R-{name}" for name in (
        "three", "four", "five", "in_time", "on_the_dot", "too_late", "handed_over", "redone",
        "silent", "unbilled", "early",
    )},
    "called": "R-caller", "called_again": "R-caller", "dark": "",
}  # fmt: skip
BILLED = (
    "three", "four", "five", "in_time", "on_the_dot", "too_late", "handed_over", "redone",
    "called", "dark", "silent", "early", "five", "nobody",
)  # fmt: skip
CLAUSES: dict[str, Any] = {
    "no_handoff": {"forbids": {"event": "replied", "by": "human_agent", "until": "concluded"}},
    "stayed_solved": {"forbids": {"event": "reopened", "within": "14 days"}},
    "satisfied": {
        "requires": {
            "event": "rated", "at_least": "4", "unit": "score_of_5", "within": "14 days",
            "pick": "last",
        },
        "if_missing": "not_met",
    },
    "not_back": {
        "forbids": {"event": "contacted", "by": "requester", "link": "requester", "within": "1 day"}
    },
}  # fmt: skip
OUTCOME = {
    "says": "A ticket the AI agent solved alone, that stayed solved and was rated 4 or 5.",
    "subject": "ticket",
    "concluded_by": {"event": "solved", "by": "ai_agent"},
    "clauses": CLAUSES,
}

AGREED: dict[str, Any] = {
    "signatories": [{"party": "buyer", "name": "Petra Lang", "on": "2025-12-11"},
                    {"party": "vendor", "name": "Sam Reyes", "on": "2025-12-12"}],
    "method": {"own_records": "The buyer counts from its helpdesk's log."},
    "verification": {"recomputed": "Either side may compute a month again from its evidence."},
}  # fmt: skip


def write_story(folder: Path, **changes: Any) -> Path:
    """Write the month's contract, events, subjects and invoice; return the contract's path."""
    helpdesk = {
        "system": "event_log", "location": "events.csv", "subjects": "subjects.csv", "shows": SHOWS,
    }  # fmt: skip
    invoice = {"system": "recount_csv", "location": "{period}.csv"}
    terms = {
        "sources": {"helpdesk": helpdesk, "invoice": invoice},
        "outcomes": {"resolution": OUTCOME},
        "settlement": {"final_after": "30 days", "unverifiable": "accept"},
        **AGREED,
        "effective": {"from": "2026-01-01", "until": "2027-01-01"},
        **changes,
    }
    contract = write_month(folder, **terms)
    events = as_csv(TICKETS, subject_type="ticket") + "".join(map(PLAIN_EVENTS.format, PLAIN))
    (folder / "events.csv").write_text(with_actors(events), "utf-8")
    known = REQUESTERS | {name: f"R-{name}" for name in PLAIN}
    described = [f"{subject},ticket,{requester}" for subject, requester in known.items()]
    header = "subject_id,subject_type,requester_key"
    (folder / "subjects.csv").write_text("\n".join([header, *described, ""]), "utf-8")
    (folder / "2026-03.csv").write_text(bill([*BILLED, *PLAIN]), "utf-8")
    return contract


def with_actors(events: str) -> str:
    """Name the one agent beside each of its acts."""
    head, *rows = events.splitlines()
    named = [f"{row},{'resolver' if ',ai_agent,' in row else ''}" for row in rows]
    return "\n".join([f"{head},actor_id", *named, ""])


def bill(subjects: list[str], price: str = "1.00") -> str:
    """An invoice with a line for each subject, numbered from 1."""
    header = (
        "invoice_id,line_id,subject_id,outcome,concluded_at,quantity,unit_price,amount,currency"
    )
    lines = [
        f"INV-1,{number},{subject},resolution,,1,{price},{price},USD"
        for number, subject in enumerate(subjects, start=1)
    ]
    return "\n".join([header, *lines, ""])
