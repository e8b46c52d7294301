"""An API that misbehaves costs time or stops the run; it never costs a record or a right number."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from recount.errors import RecountError, SourceError, TransientError
from tests.emulators import faults
from tests.emulators.server import Answer, Fault
from tests.end_to_end.buyer import Matched
from tests.faults.rig import SECRET, Bench, Rig, set_up
from tests.faults.rigs import RIGS

ANSWERED_LATER: dict[str, Fault] = {
    "429 with no pause": faults.status(429),
    "429 with a pause of 0 s": faults.status(429, Retry_After="0"),
    "429 with a negative pause": faults.status(429, Retry_After="-5"),
    "429 with a pause without end": faults.status(429, Retry_After="999999999"),
    "429 with a date": faults.status(429, Retry_After="Fri, 31 Dec 2027 23:59:59 GMT"),
    "429 that is no JSON": lambda handler, answer: handler.send(
        Answer(status=429, body=b"slow down", content_type="text/plain")
    ),
    "500": faults.status(500),
    "502": faults.status(502),
    "503": faults.status(503),
    "504": faults.status(504),
    "a reset": faults.reset,
    "a stall": faults.stalled(2),
    "a body cut short": faults.truncated,
    "JSON cut short": faults.broken_json,
}
REFUSED_AT_ONCE: dict[str, Fault] = {
    "a page to sign in": faults.login_page,
    "401": faults.status(401),
    "403": faults.status(403),
    "a redirect to another host": faults.redirect("https://evil.example/api"),
    "a redirect to a private address": faults.redirect("http://169.254.169.254/latest", 307),
}


# Every connector meets these in each run of the tests, and one of them all faults.
OF_EACH_KIND = frozenset(
    ("429 with a pause without end", "503", "a reset", "a body cut short", "JSON cut short",
     "401", "a redirect to another host")
)  # fmt: skip
_EVERY_FAULT = "zendesk"


def with_each_connector(faults: Mapping[str, Fault]) -> pytest.MarkDecorator:
    """Let every connector meet every fault, most of them in a deep test."""
    return pytest.mark.parametrize(
        ("bench", "fault"),
        [
            pytest.param(rig, fault, id=f"{rig.system}-{name}", marks=marks)
            for rig in RIGS
            for name, fault in faults.items()
            for marks in [
                () if rig.system == _EVERY_FAULT or name in OF_EACH_KIND else pytest.mark.deep
            ]
        ],
        indirect=["bench"],
    )


@pytest.fixture(params=RIGS, ids=lambda rig: rig.system)
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    rig: Rig = request.param
    with rig.start() as emulator:
        yield set_up(rig, emulator, tmp_path, monkeypatch)


class Undisturbed(NamedTuple):
    """What is landed when nothing goes wrong, and for how many requests."""

    landed: set[str]
    asked: int


_UNDISTURBED: dict[int, Undisturbed] = {}


def expected(bench: Bench) -> Undisturbed:
    """Land a rig's story without a fault, once for all tests: it is the same each time."""
    if id(bench.rig) not in _UNDISTURBED:
        before, undisturbed = bench.asked(), bench.in_another_lake()
        undisturbed.land()
        found = Undisturbed(undisturbed.landed(), bench.asked() - before)
        _UNDISTURBED[id(bench.rig)] = found
    return _UNDISTURBED[id(bench.rig)]


def assert_as_told(matched: Matched) -> None:
    """The five tickets of every rig: t2 was undone in time, and all of them are billed."""
    assert matched.candidates == {"met": 4, "not_met": 1}
    assert matched.lines == {"agreed": 4, "not_an_outcome": 1}
    assert list(matched.reasons.values()) == [1]
    assert (matched.contradicted, matched.by_unknown) == (0, 0)


def failure(bench: Bench) -> RecountError:
    with pytest.raises(RecountError) as failed:
        bench.land()
    said = str(failed.value)
    assert said.startswith("helpdesk")
    assert SECRET not in said
    assert "\n" not in said
    return failed.value


@with_each_connector(ANSWERED_LATER)
def test_what_passes_costs_no_record(bench: Bench, fault: Fault) -> None:
    whole = expected(bench).landed
    # on the first page, and on one that comes after pages which were landed
    for after in (0, 2):
        bench.emulator.misbehave(fault, on=bench.rig.path, after=after)
    bench.land()
    assert bench.landed() == whole


@with_each_connector(ANSWERED_LATER)
def test_what_does_not_pass_stops_the_run_and_the_next_one_goes_on_there(
    bench: Bench, fault: Fault
) -> None:
    whole, undisturbed = expected(bench)
    after = bench.rig.opening_requests + 2
    bench.emulator.misbehave(fault, on=bench.rig.path, after=after, times=3)
    assert isinstance(failure(bench), TransientError)
    before = bench.asked()
    bench.land()
    assert bench.landed() == whole
    # the two pages that were landed are not asked for again
    assert bench.asked() - before <= undisturbed - 2


@with_each_connector(REFUSED_AT_ONCE)
def test_what_cannot_be_trusted_is_refused_without_another_try(bench: Bench, fault: Fault) -> None:
    whole = expected(bench).landed
    before = bench.asked()
    bench.emulator.misbehave(fault, on=bench.rig.path, after=1, times=-1)
    assert isinstance(failure(bench), SourceError)
    assert bench.asked() - before <= 3  # a 401 is asked again with another token
    bench.emulator.behave()
    bench.land()
    assert bench.landed() == whole


@with_each_connector({"a body that drips": faults.dripping(0.02)})
def test_a_body_that_drips_or_never_ends_is_cut_off(bench: Bench, fault: Fault) -> None:
    bench.emulator.misbehave(fault, on=bench.rig.path, times=3)
    assert "took longer than" in str(failure(bench))


def test_a_page_that_repeats_is_a_loop(bench: Bench) -> None:
    first: list[Any] = []

    def repeat(document: Any) -> Any:
        first.append(document)
        return first[0]

    bench.emulator.misbehave(faults.changed(repeat), on=bench.rig.path, times=-1)
    assert isinstance(failure(bench), SourceError)
    assert len(first) < 10


def test_a_token_that_runs_out_midway_is_renewed(bench: Bench) -> None:
    if bench.rig.expire is None:
        pytest.skip(f"{bench.rig.system} is signed in to with a secret that does not run out")
    whole = expected(bench).landed
    expire = bench.rig.expire

    def run_out(handler: Any, answer: Any) -> None:
        expire(bench.emulator)
        handler.send(answer)

    bench.emulator.misbehave(run_out, on=bench.rig.path)
    bench.land()
    assert bench.landed() == whole


def changed_records(bench: Bench, change: Callable[[dict[str, Any]], Any]) -> Fault:
    """Change every record of every page."""

    def edit(document: Any) -> None:
        for record in bench.rig.records(document):
            change(record)

    return faults.changed(edit)


def test_a_field_that_is_new_is_left_out(bench: Bench) -> None:
    whole = expected(bench).landed
    fault = changed_records(bench, lambda record: record.update(novelty={"text": "hello"}))
    bench.emulator.misbehave(fault, on=bench.rig.path, times=-1)
    bench.land()
    assert bench.landed() == whole


@pytest.mark.parametrize("change", ["renamed", "missing", "of another type"])
def test_a_field_that_is_needed_and_changed_stops_the_run(bench: Bench, change: str) -> None:
    name = bench.rig.needed_field

    def edit(record: dict[str, Any]) -> None:
        if name not in record:  # an answer to another question
            return
        value = record.pop(name)
        if change == "renamed":
            record[f"{name}_v2"] = value
        if change == "of another type":
            record[name] = {"value": value}

    bench.emulator.misbehave(changed_records(bench, edit), on=bench.rig.path, times=-1)
    failed = failure(bench)
    assert isinstance(failed, SourceError)
    assert name in str(failed)


def double(bench: Bench) -> None:
    """Let every record come twice, and all of them in the other order."""

    def edit(document: Any) -> None:
        records = bench.rig.records(document)
        records += [dict(record) for record in records]
        records.reverse()
        if "count" in document:
            document["count"] = len(records)

    bench.emulator.misbehave(faults.changed(edit), on=bench.rig.path, times=-1)


def test_an_event_that_comes_twice_and_out_of_order_is_one(bench: Bench) -> None:
    double(bench)
    if bench.rig.is_ordered:
        return refused_and_published_nothing(bench)
    return assert_as_told(bench.buyer.matched())


# One connector's month runs to its end, and those of the others in a deep test.
to_the_end = pytest.mark.parametrize(
    "bench",
    [
        pytest.param(
            rig, id=rig.system, marks=() if rig.system == _EVERY_FAULT else pytest.mark.deep
        )
        for rig in RIGS
        if not rig.is_ordered
    ],
    indirect=True,
)


@to_the_end
def test_what_comes_twice_and_out_of_order_holds_no_month(bench: Bench) -> None:
    double(bench)
    assert bench.buyer.statement()["decision"] == "dispute"


def refused_and_published_nothing(bench: Bench) -> None:
    assert bench.buyer.run().exit_code == 2
    assert bench.buyer.objects("statements", "notices", "outbox") == {}


def test_an_event_that_comes_with_two_contents_accuses_nobody(bench: Bench) -> None:
    contradict(bench)
    if bench.rig.is_ordered:
        return refused_and_published_nothing(bench)
    # which holds the month
    assert bench.buyer.matched().contradicted == 1
    return None


@to_the_end
def test_what_comes_with_two_contents_holds_the_month(bench: Bench) -> None:
    contradict(bench)
    statement = bench.buyer.statement()
    assert statement["decision"] == "hold"
    assert "subject_contradicted" in {each["rule"] for each in statement["findings"]}


def contradict(bench: Bench) -> None:
    """Let a record that decides come again with another content."""
    times = -1 if bench.rig.is_ordered else 1
    bench.emulator.misbehave(faults.changed(bench.rig.contradict), on=bench.rig.path, times=times)


def test_fewer_records_than_the_source_counts_accuse_nobody(bench: Bench) -> None:
    if bench.rig.shorten is None:
        pytest.skip(f"{bench.rig.system} says no number of its records")
    bench.emulator.misbehave(
        faults.changed(bench.rig.shorten), on=bench.rig.path,
        after=bench.rig.opening_requests + 1, times=-1,
    )  # fmt: skip
    done = bench.buyer.run()
    if done.exit_code == 0:
        statement = json.loads(done.stdout)
        assert statement["decision"] == "hold"
        assert "control_total_differs" in {each["rule"] for each in statement["findings"]}
    else:
        assert done.exit_code == 2
        assert bench.buyer.objects("statements", "notices", "outbox") == {}


def test_what_the_source_forgets_after_it_was_landed_stays(bench: Bench) -> None:
    if bench.rig.purge is None:
        pytest.skip(f"{bench.rig.system} forgets nothing for good")
    bench.land()
    bench.rig.purge(bench.emulator, bench.rig.ids(bench.emulator)["t1"])
    assert_as_told(bench.buyer.matched(refresh=True))


def test_no_secret_and_no_text_of_a_ticket_reaches_the_lake(bench: Bench) -> None:
    bench.land()
    lake = bench.buyer.unpacked()
    assert len(bench.landed()) > 5
    for word in (SECRET, "Where is my order", "We are looking into it", "@example.com", "Person "):
        assert word.encode() not in lake
