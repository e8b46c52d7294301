"""The stages as Airflow tasks; the DAG files name them in order."""

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from airflow.sdk import get_current_context, task, task_group, timezone
from airflow.sdk.exceptions import AirflowFailException, AirflowRescheduleException

from recount import due, pins, stages, telling
from recount.contract.versions import by_name
from recount.errors import MailRefused, RecountError, TransientError
from recount.evidence import packing
from recount.exhausted import naming
from recount.lake import open_lake
from recount.month import Month, readable_contracts
from recount.notify.operations import Trouble
from recount.periods import Period, format_instant, parse_instant
from recount.project import ROOT
from recount.running import alone
from recount.scratch import remove_scratch
from recount.stopping import Stopped, heeding

_Result = TypeVar("_Result")
_LOG = logging.getLogger("recount")
# A worker or a network may fail and work later; what is wrong with data or contract stays wrong.
FINISHED = frozenset({"success", "failed", "upstream_failed", "skipped", "removed"})
POKE = timedelta(seconds=5)
BACKOFF: dict[str, Any] = {"retry_exponential_backoff": True, "max_retry_delay": 600}


def contracts_path() -> Path:
    """Where the contracts lie: a file or a folder."""
    return Path(os.environ.get("RECOUNT_CONTRACTS") or ROOT / "contracts")


def lake_uri() -> str:
    """Where the lake is."""
    return os.environ.get("RECOUNT_LAKE") or "lake"


@task
def check_contracts() -> None:
    """Fail where a contract cannot be read; the others go on without it."""
    _, unreadable = readable_contracts(contracts_path())
    if unreadable:
        raise AirflowFailException("; ".join(str(error) for error in unreadable))


@task
def closed_months() -> list[dict[str, str]]:
    """The month that had ended for each contract, or those that the run's parameters name."""
    params, as_of = _params_and_instant()
    wanted = params["months"] or [{"period": params["period"], "as_of": format_instant(as_of)}]
    contracts, _ = readable_contracts(contracts_path())
    return [
        _month(name, period.name, each["as_of"])
        for name, versions in by_name(contracts).items()
        for each in wanted
        if (period := _period(each["period"], parse_instant(each["as_of"]), versions[0].zone))
        and any(version.effective.holds(period.first_day) for version in versions)
    ]


def _period(named: str | None, as_of: datetime, in_zone: ZoneInfo) -> Period:
    return Period.named(named, in_zone) if named else Period.closed_before(as_of, in_zone)


@task
def due_months() -> list[dict[str, str]]:
    """Every month of every contract about which something new can be found out."""
    _, as_of = _params_and_instant()
    contracts, _ = readable_contracts(contracts_path())
    return [
        _month(standing.contract, standing.period, format_instant(as_of))
        for standing in due.standings(open_lake(lake_uri()), contracts, as_of)
        if due.is_due(standing, as_of) and standing.contract in by_name(contracts)
    ]


def _params_and_instant() -> tuple[dict[str, Any], datetime]:
    context = get_current_context()
    params = dict(context["params"])
    written = params.get("as_of")
    run_after = context["dag_run"].run_after
    return params, parse_instant(written) if written else run_after.astimezone(UTC)


def _month(contract: str, period: str, as_of: str) -> dict[str, str]:
    return asdict(Month(str(contracts_path()), contract, period, as_of, lake_uri()))


@task
def extractions(months: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Every source of every contract, with its months in the order in which they are known.

    Months of one source are landed one after the other: two at once would extract the same feed.
    """
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for month in sorted(months, key=lambda month: parse_instant(month["as_of"])):
        of = Month(**month)
        for source in stages.sources_of(of):
            found.setdefault((of.contract_name, source), []).append(month)
    return [{"source": source, "months": of} for (_, source), of in found.items()]


@task(retries=3, **BACKOFF, map_index_template="{{ extraction_name }}")
def land(extraction: dict[str, Any]) -> None:
    """Extract and land one source for its months; one that fails leaves the others whole."""
    months = [Month(**month) for month in extraction["months"]]
    source, refresh = extraction["source"], bool(get_current_context()["params"].get("refresh"))
    _name_map_index("extraction_name", f"{months[0].contract_name} {source}")
    failures: list[Exception] = []
    for month in months:
        land_one = partial(pins.land, month, source, refresh=refresh, progress=_LOG.info)
        try:
            _guarded(month, land_one)
        except Exception as failure:
            failures.append(failure)
    if failures:
        # one that may be tried again goes first: what was landed stays, and is found again
        raise min(failures, key=lambda failure: not isinstance(failure, TransientError))


@task(retries=3, **BACKOFF, trigger_rule="all_done", map_index_template="{{ month_name }}")
def recount(month: dict[str, str], months: list[dict[str, str]]) -> dict[str, Any]:
    """Stage, classify and reconcile one month in one build.

    `months` are all of the run: where those of a contract share something, each waits for the
    earlier ones, so that side by side they say what they would say one after the other.
    """
    of = Month(**month)
    _name_map_index("month_name", _label(of))
    _guarded(of, lambda: _wait_for_earlier(of, [Month(**each) for each in months]))
    refresh = bool(get_current_context()["params"].get("refresh"))
    manifest = _guarded(of, lambda: _recount_alone(of, refresh))
    return {"month": month, "manifest": manifest}


def _recount_alone(month: Month, refresh: bool) -> str:
    with alone(month):
        return stages.recount(month, refresh=refresh)


_DECIDE, _EVIDENCE = "statement_of.decide", "statement_of.evidence"


def _wait_for_earlier(month: Month, months: list[Month]) -> None:
    """Give the place back until the earlier months of the same contract are decided, or failed."""
    if month.contract.pricing.is_shared:
        _wait_for(_DECIDE, month, months)


def _wait_for_packs(month: Month, months: list[Month]) -> None:
    """Give the place back until the earlier months of the same contract are packed, or failed."""
    _wait_for(_EVIDENCE, month, months)


def _wait_for(task_id: str, month: Month, months: list[Month]) -> None:
    context = get_current_context()
    found = context["ti"].get_task_states(
        context["dag"].dag_id, task_ids=[task_id], run_ids=[context["run_id"]]
    )
    states = found.get(context["run_id"], {})
    waiting = [
        earlier.period
        for number, earlier in enumerate(months)
        if earlier.contract_name == month.contract_name
        and earlier.period < month.period
        and states.get(f"{task_id}_{number}") not in FINISHED
    ]
    if waiting:
        _LOG.info("%s waits for %s", _label(month), ", ".join(waiting))
        raise AirflowRescheduleException(timezone.utcnow() + POKE)  # type: ignore[no-untyped-call]


@task(retries=3, **BACKOFF)
def guard(recounted: dict[str, Any]) -> dict[str, Any]:
    """Judge whether this month's data may accuse someone."""
    of = Month(**recounted["month"])
    findings = _guarded(of, lambda: stages.judge(of, recounted["manifest"]))
    return {**recounted, "findings": findings}


@task(retries=3, **BACKOFF)
def decide(guarded: dict[str, Any]) -> dict[str, Any]:
    """Decide, and publish the statement."""
    of = Month(**guarded["month"])
    statement = _guarded(of, lambda: stages.conclude(of, guarded["manifest"], guarded["findings"]))
    return {**guarded, "statement": statement}


@task(retries=3, **BACKOFF)
def evidence(decided: dict[str, Any], months: list[dict[str, str]]) -> dict[str, Any]:
    """Leave the evidence pack of a final statement; it names that of the month before.

    `months` are all of the run: those of a contract are packed one after the other.
    """
    of = Month(**decided["month"])
    _guarded(of, lambda: _wait_for_packs(of, [Month(**each) for each in months]))
    pack = _guarded(of, lambda: packing.pack(of, decided["manifest"], decided["statement"]))
    return {**decided, "evidence": pack}


@task(retries=3, **BACKOFF)
def notify(packed: dict[str, Any]) -> dict[str, Any]:
    """Tell vendor, finance and operations, each once."""
    of = Month(**packed["month"])
    return _guarded(of, lambda: _tell(of, packed))


def _tell(month: Month, packed: dict[str, Any]) -> dict[str, Any]:
    told = telling.tell(
        month, packed["manifest"], packed["statement"],
        evidence=packed["evidence"], started_by=_started_by(),
    )  # fmt: skip
    if told["undelivered"]:
        # what the server surely does not have may be tried again
        raise MailRefused("; ".join(told["undelivered"]))
    return told


def _started_by() -> str | None:
    """Return the user who triggered the run; None where the schedule, or a test of it, did."""
    name = get_current_context()["dag_run"].triggering_user_name
    return name if name and name != "dag_test" else None


@task_group
def statement_of(month: dict[str, str], months: list[dict[str, str]]) -> None:
    """From landed objects to the mails of one month; one that fails leaves the others whole."""
    decided = decide(guard(recount(month, months)))  # type: ignore[arg-type]
    notify(evidence(decided, months))  # type: ignore[arg-type]


def _label(month: Month) -> str:
    return f"{month.contract_name} {month.period} as of {month.as_of}"


def _name_map_index(key: str, label: str) -> None:
    # Airflow reads a mapped task's name from a key of one's own in its context
    cast("dict[str, Any]", get_current_context())[key] = label


def _guarded(month: Month, stage: Callable[[], _Result]) -> _Result:
    """Run a stage; what cannot succeed later fails at once, and operations is told."""
    try:
        # Airflow's own handler lets the task go on until it is killed
        with heeding(signal.SIGTERM), naming():
            return stage()
    except Stopped as stopped:
        remove_scratch()
        raise TransientError(str(stopped)) from stopped
    except TransientError as error:
        if _is_last_try():
            trouble: Trouble = "mail_refused" if isinstance(error, MailRefused) else "run_failed"
            _tell_operations(month, str(error), trouble)
        raise
    except AirflowRescheduleException:
        raise
    except RecountError as error:
        _tell_operations(month, str(error))
        raise AirflowFailException(str(error)) from error
    except Exception as error:
        _tell_operations(month, f"{type(error).__name__}: {error}")
        raise


def _is_last_try() -> bool:
    instance = get_current_context()["ti"]
    return bool(instance.try_number > instance.max_tries)


def _tell_operations(month: Month, because: str, trouble: Trouble = "run_failed") -> None:
    try:
        telling.alarm(month, trouble, because)
    except Exception:
        # the failure that we were to tell of matters more than that the mail failed too
        _LOG.exception("operations could not be told of: %s", because)
