"""A real incident log (DOI 10.24432/C57S4H), recounted and counted again independently.

It is no part of the repository: it is looked for beside it, or where RECOUNT_UCI_LOG points.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from recount.contract.model import Contract
from recount.contract.tables import terms_tables
from recount.gathering import landed_schemas
from recount.inputs import interval_rows, naive, period_rows, run_rows
from recount.periods import Period
from recount.project import ROOT
from recount.sources import source_of, terms_of
from recount.warehouse import Scratch, reconcile
from tests.end_to_end import incidents
from tests.end_to_end.buyer import Buyer
from tests.end_to_end.incidents import Incidents, Question
from tests.end_to_end.story import bill
from tests.support.cases import MINIMAL, contract_of, outcome_of

LOG = Path(os.environ.get("RECOUNT_UCI_LOG") or ROOT.parent.joinpath(
    "shared", "data", "uci_servicenow", "incident_event_log.zip"
))  # fmt: skip
AGENT, AUTO_CLOSE = "Updated by 60", "Updated by 908"
A_YEAR_LATER = datetime(2017, 3, 1, tzinfo=UTC)
MONTH_ENDS = {
    "2016-03": datetime(2016, 4, 1, tzinfo=UTC),
    "2016-04": datetime(2016, 5, 1, tzinfo=UTC),
    "2016-05": datetime(2016, 6, 1, tzinfo=UTC),
}
# of the other months only a deep test asks
FIRST = next(iter(MONTH_ENDS))
QUESTIONS = [
    Question(AGENT, month, days, as_of)
    for month, month_end in MONTH_ENDS.items()
    for days in (14, 30)
    for as_of in (month_end, A_YEAR_LATER)
]
RATED = {
    "requires": {"event": "rated", "at_least": "4", "within": "14 days"}, "if_missing": "not_met",
}  # fmt: skip
pytestmark = pytest.mark.skipif(
    not LOG.exists(), reason=f"the incident log is not at {LOG}; RECOUNT_UCI_LOG says where it is"
)


def name_of(asked: Question) -> str:
    return f"{asked.month}.{asked.days}-days.{asked.as_of:%Y-%m-%d}"


def stays_solved(days: int) -> dict[str, Any]:
    return {"forbids": {"event": "reopened", "within": f"{days} days"}}


def terms(name: str, accounts: Sequence[str], **clauses: Any) -> dict[str, Any]:
    """A contract's terms that name everybody: the agent, the job that closes, and the people."""
    people = [{"id": each} for each in accounts if each not in (AGENT, AUTO_CLOSE)]
    return {
        "contract": name,
        "actors": {
            "ai_agent": [{"id": AGENT}], "automation": [{"id": AUTO_CLOSE}], "human_agent": people,
        },
        "sources": {"helpdesk": {"system": "servicenow_export", "location": "incidents.csv"}},
        "outcomes": outcome_of(clauses=clauses),
    }  # fmt: skip


@pytest.fixture(scope="module")
def log() -> Incidents:
    return incidents.read(LOG)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log as a file, as a helpdesk would export it."""
    path = tmp_path_factory.mktemp("export") / "incidents.csv"
    path.write_text(incidents.text_of(LOG), "utf-8")
    return path


OfMonth = Callable[[str], Scratch]


@pytest.fixture(scope="module")
def scratch_of(log: Incidents, export: Path, tmp_path_factory: pytest.TempPathFactory) -> OfMonth:
    """The questions about a month, and a contract that asks for ratings, recounted in one build."""

    @cache
    def recounted(month: str) -> Scratch:
        of_month = [asked for asked in QUESTIONS if asked.month == month]
        runs = [
            (terms(name_of(asked), log.accounts, stayed=stays_solved(asked.days)), asked)
            for asked in of_month
        ]
        runs.append((terms("ratings", log.accounts, rated=RATED), of_month[-1]))
        scratch = Scratch(tmp_path_factory.mktemp("scratch"))
        billed = [(contract_of(**said), asked.month, asked.as_of) for said, asked in runs]
        fill(scratch, export, billed)
        return scratch

    return recounted


Run = tuple[Contract, str, datetime]


def fill(scratch: Scratch, export: Path, runs: list[Run]) -> None:
    """Parse the log once, and let every contract read it."""
    schemas = landed_schemas()
    helpdesk = terms_of(runs[0][0], "helpdesk")
    parsed = list(source_of(helpdesk).batches(helpdesk, "rows", export.name, export))
    for table, schema in schemas.items():
        scratch.write_landed(table, "empty", schema, [])
    for key, (_, _, as_of) in enumerate(runs):
        rows = (keyed(batch, key) for batch in parsed)
        table = "servicenow_export__rows"
        scratch.write_landed(table, f"{key:02}", schemas[table], rows)
        shown = [
            {
                "contract_key": key, "source": "helpdesk", "event_type": each.event_type,
                "observed_until": naive(each.observed_until),
            }
            for each in source_of(helpdesk).coverage(helpdesk, as_of, {})
        ]  # fmt: skip
        coverage = pa.Table.from_pylist(shown, schema=schemas["coverage"])
        scratch.write_landed("coverage", f"{key:02}", schemas["coverage"], coverage.to_batches())
    tables = terms_tables([run[0] for run in runs])
    months = [(of, Period.named(month, of.zone)) for of, month, _ in runs]
    tables["runs"] = run_rows([(*month, run[2]) for month, run in zip(months, runs, strict=True)])
    tables["intervals"] = interval_rows(months)
    span = datetime(2016, 1, 1, tzinfo=UTC), A_YEAR_LATER
    tables["periods"] = period_rows([(of, *span) for of, _, _ in runs])
    reconcile(scratch, tables, schemas)


def keyed(batch: pa.RecordBatch, key: int) -> pa.RecordBatch:
    keys = pa.array([key] * batch.num_rows, pa.int32())
    sources = pa.array(["helpdesk"] * batch.num_rows, pa.string())
    names = ["contract_key", "source", *batch.schema.names]
    return pa.RecordBatch.from_arrays([keys, sources, *batch.columns], names=names)


def test_the_log_is_the_one_that_we_know(log: Incidents) -> None:
    assert len(log.reopen_counts) == 24_918
    assert sum(log.reopen_counts.values()) == 331
    assert len([count for count in log.reopen_counts.values() if count]) == 275


def test_the_states_tell_every_reopening_that_the_log_counted(
    log: Incidents, scratch_of: OfMonth
) -> None:
    with scratch_of(FIRST).reading() as built:
        told = built.query(
            "select subject_id from recount.stg_servicenow_export__events"
            " where contract_key = 0 and event_type = 'reopened'"
        )
    found = Counter(told["subject_id"].to_pylist())
    counted = {f"helpdesk-{number}": n for number, n in log.reopen_counts.items() if n}
    assert found == Counter(counted)
    assert (found.total(), len(found)) == (331, 275)


def _rows_of(mart: str, scratch: Scratch) -> list[dict[str, Any]]:
    with scratch.reading() as built:
        rows: list[dict[str, Any]] = built.mart(mart).to_pylist()
    return rows


def candidates(scratch: Scratch, contract: str) -> Counter[str]:
    """How many candidates of the month have which verdict by a contract."""
    rows = _rows_of("candidates", scratch)
    return Counter(row["verdict"] for row in rows if row["contract"] == contract)


def determinations(scratch: Scratch, contract: str) -> dict[str, str]:
    """The verdict on each incident in the month by a contract."""
    return {
        row["subject_id"].removeprefix("helpdesk-"): row["verdict"]
        for row in _rows_of("determinations", scratch)
        if row["contract"] == contract
    }


each_question = pytest.mark.parametrize(
    "asked",
    [
        pytest.param(asked, marks=() if asked.month == FIRST else pytest.mark.deep)
        for asked in QUESTIONS
    ],
    ids=name_of,
)


@each_question
def test_each_candidate_has_the_verdict_of_an_independent_count(
    log: Incidents, scratch_of: OfMonth, asked: Question
) -> None:
    counted = Counter(
        verdict
        for judged in incidents.solutions(log, asked).values()
        for month, verdict in judged
        if month == asked.month
    )
    assert candidates(scratch_of(asked.month), name_of(asked)) == counted
    assert counted.total() > 600


@each_question
def test_each_incident_has_the_determination_of_an_independent_count(
    log: Incidents, scratch_of: OfMonth, asked: Question
) -> None:
    found = determinations(scratch_of(asked.month), name_of(asked))
    assert found == incidents.of_month(log, asked)


@each_question
def test_at_its_end_much_of_a_month_is_pending_and_a_year_later_nothing_is(
    scratch_of: OfMonth, asked: Question
) -> None:
    found = candidates(scratch_of(asked.month), name_of(asked))
    share = found["pending"] / found.total()
    if asked.as_of == A_YEAR_LATER:
        assert share == 0
    else:
        assert share > {14: 0.2, 30: 0.9}[asked.days]


def test_a_contract_that_asks_for_ratings_cannot_be_verified_on_this_log(
    scratch_of: OfMonth,
) -> None:
    found = candidates(scratch_of(FIRST), "ratings")
    assert set(found) == {"unverifiable"}
    assert found.total() > 600


# --- the whole line, on the command line and in a zone with daylight saving time

IN_BERLIN = Question(AGENT, "2016-03", 14, datetime(2016, 5, 15, tzinfo=UTC), zone="Europe/Berlin")


@pytest.fixture(scope="module")
def billed(log: Incidents) -> list[str]:
    """The vendor bills what its agent solved in the month, one incident twice, and one of May."""
    mine = incidents.solutions(log, IN_BERLIN)
    solved = [n for n, judged in mine.items() if "2016-03" in {month for month, _ in judged}]
    in_may = next(n for n, judged in mine.items() if {month for month, _ in judged} == {"2016-05"})
    return [*solved, solved[0], in_may]


@pytest.fixture(scope="module")
def statement(
    log: Incidents, export: Path, billed: list[str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("berlin")
    (folder / "invoice.csv").write_text(bill(billed))
    agreed = {
        **MINIMAL, **terms("real", log.accounts, stayed=stays_solved(14)),
        "time_zone": IN_BERLIN.zone, "effective": {"from": "2016-01-01", "until": "2017-01-01"},
        "sources": {
            "helpdesk": {"system": "servicenow_export", "location": str(export)},
            "invoice": {
                "system": "recount_csv", "location": "invoice.csv", "subjects_of": "helpdesk",
            },
        },
        "tolerance": {"percent": "0", "of": "invoiced", "measure": "count"},
    }  # fmt: skip
    (folder / "contract.yml").write_text(yaml.safe_dump(agreed, sort_keys=False))
    buyer = Buyer(folder / "contract.yml", folder / "lake", IN_BERLIN.month)
    return buyer.statement(as_of="2016-05-15T00:00:00Z")


def test_a_run_on_the_command_line_agrees_with_the_independent_count(
    log: Incidents, billed: list[str], statement: dict[str, Any]
) -> None:
    counted = Counter(incidents.of_month(log, IN_BERLIN).values())
    outcome = statement["outcomes"]["resolution"]
    assert Counter(outcome["determinations"]) == counted
    assert outcome["invoiced_count"] == len(billed)
    assert outcome["lines"] == {
        "agreed": counted["met"], "not_an_outcome": counted["not_met"], "duplicate": 1,
        "out_of_period": 1,
    }  # fmt: skip
    assert outcome["reasons"] == {"stayed": counted["not_met"]}


def test_the_run_is_final_and_disputes_what_did_not_stay_solved(
    billed: list[str], statement: dict[str, Any]
) -> None:
    lines = statement["outcomes"]["resolution"]["lines"]
    over = lines["not_an_outcome"] + 2
    assert (statement["kind"], statement["decision"]) == ("final", "dispute")
    assert statement["amounts"]["disputed"] == f"{over}.00"
    assert statement["amounts"]["pay_now"] == f"{len(billed) - over}.00"
