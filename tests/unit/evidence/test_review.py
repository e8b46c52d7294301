"""What settled months say together: streaks, growth, fair prices, and when one can leave."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from recount import published
from recount.cli import main
from recount.lake import Lake, open_lake
from recount.periods import following, parse_instant
from recount.published import Slot
from recount.reviewing import is_alarming, review, review_lines
from tests.support.cases import contract_of
from tests.support.small import write_month

AS_OF = parse_instant("2027-06-01T00:00:00Z")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(str(tmp_path))


def state(lake: Lake, period: str, invoiced: int, recounted: int, *, above: bool = False,
          settled: str | None = None, decision: str = "pay") -> None:  # fmt: skip
    """Publish a final month of outcomes at 5.00 each."""
    as_of = f"{following(following(period))}-01T00:00:00Z"
    outcomes = {"resolution": {"invoiced_count": invoiced, "recounted_count": recounted}}
    is_held = decision == "hold"
    published.publish(lake, f"statements/{Slot('acme', period, parse_instant(as_of)).path}", {
        "contract": "acme", "period": period, "as_of": as_of, "kind": "final",
        "decision": decision, "outcomes": outcomes, "is_above_tolerance": above,
        "amounts": {"invoiced": f"{invoiced * 5}.00", "recounted": f"{recounted * 5}.00"},
        "settles": None if is_held else {"amount": settled or f"{invoiced * 5}.00"},
        "divergence": {"of_invoiced": "0.00"},
    })  # fmt: skip


def reviewed(lake: Lake, baseline: Any = None, **changes: Any) -> dict[str, Any]:
    return review(lake, contract_of(**changes), AS_OF, baseline)


def test_the_last_months_in_a_row_above_the_tolerance_are_counted(lake: Lake) -> None:
    for period, above in (
        ("2027-01", True),
        ("2027-02", False),
        ("2027-03", True),
        ("2027-04", True),
    ):
        state(lake, period, 10, 8, above=above)
    found = reviewed(lake)
    assert (found["months_above_tolerance"], is_alarming(found)) == (2, True)
    assert sum("above the tolerance" in line for line in review_lines(found)) == 4


def test_a_month_that_is_held_says_nothing(lake: Lake) -> None:
    state(lake, "2027-03", 10, 8, above=True)
    state(lake, "2027-04", 10, 10, decision="hold")
    found = reviewed(lake)
    assert [month["period"] for month in found["months"]] == ["2027-03"]
    assert found["months_above_tolerance"] == 1


@pytest.mark.parametrize(("now", "above"), [(130, []), (131, ["2027-04"])])
def test_growth_of_more_than_is_stated_in_a_year_alarms(
    lake: Lake, now: int, above: list[str]
) -> None:
    state(lake, "2026-04", 100, 100)
    state(lake, "2027-04", now, now)
    found = reviewed(lake, exit={"notice": "30 days", "growth": "30"})
    assert found["growth"] == {"at_most": "30", "months_above": above}
    assert is_alarming(found) is bool(above)
    assert [month["growth"] for month in found["months"]] == [None, f"{now - 100}.00"]


def test_growth_is_shown_and_alarms_nobody_where_the_contract_states_none(lake: Lake) -> None:
    state(lake, "2026-04", 1, 1)
    state(lake, "2027-04", 100, 100)
    found = reviewed(lake)
    assert (found["growth"]["months_above"], is_alarming(found)) == ([], False)


def test_the_fair_price_makes_the_vendors_count_cost_what_happened(lake: Lake) -> None:
    state(lake, "2027-03", 41_000, 27_000, settled="135000.00")
    prices = reviewed(lake)["prices"]
    assert (prices["billed_each"], prices["fair_each"], prices["discount"]) == (
        "5.0000", "3.2927", "34.15",
    )  # fmt: skip
    assert prices["paid_for_each_outcome"] == "5.0000"


@pytest.mark.parametrize(("baseline", "is_below"), [("5.00", False), ("5.01", True)])
def test_what_an_outcome_cost_is_held_against_the_baseline(
    lake: Lake, baseline: str, is_below: bool
) -> None:
    state(lake, "2027-03", 10, 10)
    found = reviewed(lake, Decimal(baseline))
    assert found["prices"]["is_below_baseline"] is is_below
    assert is_alarming(found) is not is_below


def test_months_without_an_outcome_have_no_price(lake: Lake) -> None:
    state(lake, "2027-03", 0, 0)
    prices = reviewed(lake)["prices"]
    assert (prices["billed_each"], prices["paid_for_each_outcome"]) == (None, None)


def test_the_way_out_is_counted_from_the_day_in_the_contracts_zone(lake: Lake) -> None:
    found = reviewed(
        lake, exit={"notice": "30 days"}, time_zone="America/New_York",
        effective={"from": "2026-01-01", "until": "2028-01-01"},
    )["exit"]  # fmt: skip
    assert found == {
        "notice_days": 30, "ends_if_noticed_now": "2027-06-30", "term_ends": "2028-01-01",
        "last_day_to_notice": "2027-12-02",
    }  # fmt: skip
    assert reviewed(lake)["exit"] is None


RULE = {"says": "A processing agreement is in force.", "checked_on": "2026-06-24",
        "checked_by": "Ines Roth", "evidence": "DPA-2026-04"}  # fmt: skip


@pytest.mark.parametrize(("adherence", "is_alarm"), [("kept", False), ("broken", True)])
def test_whether_a_rule_is_kept_is_reported_and_one_that_is_broken_alarms(
    lake: Lake, adherence: str, is_alarm: bool
) -> None:
    found = reviewed(lake, regulations={"gdpr_art_28": {**RULE, "adherence": adherence}})
    assert found["regulations"] == {"gdpr_art_28": {**RULE, "adherence": adherence}}
    assert is_alarming(found) is is_alarm
    said = f"{adherence} (Ines Roth, 2026-06-24): gdpr_art_28, A processing agreement is in force."
    assert f"  {said}, DPA-2026-04" in list(review_lines(found))


def test_a_rule_that_nobody_looked_at_is_reported_as_unchecked(lake: Lake) -> None:
    unchecked = {"says": "Calls are recorded with consent.", "adherence": "unchecked"}
    found = reviewed(lake, regulations={"consent": unchecked})
    assert is_alarming(found) is False
    assert "  unchecked: consent, Calls are recorded with consent." in list(review_lines(found))


def test_without_a_settled_month_there_is_nothing_to_say(lake: Lake) -> None:
    found = reviewed(lake)
    assert (found["months"], is_alarming(found)) == ([], False)
    assert "No month is settled yet." in "\n".join(review_lines(found))


def test_the_command_exits_with_1_where_there_is_something_to_act_on(tmp_path: Path) -> None:
    contract = write_month(tmp_path)
    state(open_lake(str(tmp_path / "lake")), "2026-03", 10, 8, above=True)
    words = ["review", "--contract", str(contract), "--lake", str(tmp_path / "lake")]
    done = CliRunner().invoke(main, [*words, "--as-of", "2027-06-01T00:00:00Z"])
    assert (done.exit_code, "1 of the last months in a row" in done.stdout) == (1, True)
