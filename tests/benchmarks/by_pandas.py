"""The month's determinations by pandas, written for this one contract."""

import json
import sys
from pathlib import Path

import pandas as pd

STARTS_AT = pd.Timestamp("2026-07-31 22:00", tz="UTC")
ENDS_AT = pd.Timestamp("2026-08-31 22:00", tz="UTC")
WINDOW = pd.Timedelta(days=14)
QUIET = pd.Timedelta(hours=24)


def main() -> None:
    folder = Path(sys.argv[1])
    events = pd.read_parquet(folder / "events.parquet")
    survey = pd.read_parquet(folder / "survey.parquet")
    subjects = pd.read_parquet(
        folder / "subjects.parquet", columns=["subject_id", "opened_at", "queue"]
    )
    candidates = _candidates(events, subjects)
    is_by_ai = candidates["actor_type"] == "ai_agent"
    failing = _handed_off(candidates, events) | _reopened(candidates, events)
    is_met = candidates["event_id"].isin(_satisfied(candidates, survey) - failing)
    is_quiet = ~candidates["event_id"].isin(_contacted(candidates, events))
    buyer = _determinations(candidates[is_by_ai], is_met[is_by_ai])
    print(json.dumps({"buyer": buyer, "vendor": _determinations(candidates, is_quiet)}))


def _determinations(candidates: pd.DataFrame, is_met: "pd.Series[bool]") -> dict[str, int]:
    first_met = candidates[is_met].sort_values("concluded_at").drop_duplicates("subject_id")
    met = int(_in_period(first_met).sum())
    total = candidates[_in_period(candidates)]["subject_id"].nunique()
    return {"met": met, "not_met": total - met}


def _in_period(frame: pd.DataFrame) -> "pd.Series[bool]":
    return (frame["concluded_at"] >= STARTS_AT) & (frame["concluded_at"] < ENDS_AT)


def _candidates(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    columns = ["subject_id", "event_id", "occurred_at", "actor_type"]
    concluded = events.loc[events["event_type"] == "solved", columns].rename(
        columns={"occurred_at": "concluded_at"}
    )
    judged = concluded.loc[_in_period(concluded), "subject_id"].unique()
    scoped = subjects[subjects["queue"].isin(["billing", "orders"])]
    return concluded[concluded["subject_id"].isin(judged)].merge(scoped, on="subject_id")


def _handed_off(candidates: pd.DataFrame, events: pd.DataFrame) -> set[str]:
    by_human = events[
        events["event_type"].isin(["replied", "assigned", "handed_off"])
        & (events["actor_type"] == "human_agent")
    ]
    joined = candidates.merge(by_human[["subject_id", "occurred_at"]], on="subject_id")
    inside = (joined["occurred_at"] >= joined["opened_at"]) & (
        joined["occurred_at"] < joined["concluded_at"]
    )
    return set(joined.loc[inside, "event_id"])


def _reopened(candidates: pd.DataFrame, events: pd.DataFrame) -> set[str]:
    reopened = events[events["event_type"].isin(["reopened", "followed_up"])]
    joined = candidates.merge(reopened[["subject_id", "occurred_at"]], on="subject_id")
    return set(joined.loc[_within(joined), "event_id"])


def _contacted(candidates: pd.DataFrame, events: pd.DataFrame) -> set[str]:
    contacted = events[
        (events["event_type"] == "contacted") & (events["actor_type"] == "requester")
    ]
    joined = candidates.merge(contacted[["subject_id", "occurred_at"]], on="subject_id")
    return set(joined.loc[_within(joined, QUIET), "event_id"])


def _satisfied(candidates: pd.DataFrame, survey: pd.DataFrame) -> set[str]:
    joined = candidates.merge(
        survey[["subject_id", "occurred_at", "event_id", "value"]],
        on="subject_id",
        suffixes=("", "_rated"),
    )
    inside = joined[_within(joined)].sort_values(["occurred_at", "event_id_rated"])
    last = inside.drop_duplicates("event_id", keep="last")
    return set(last.loc[last["value"].astype(float) >= 4, "event_id"])


def _within(joined: pd.DataFrame, window: pd.Timedelta = WINDOW) -> "pd.Series[bool]":
    return (joined["occurred_at"] > joined["concluded_at"]) & (
        joined["occurred_at"] <= joined["concluded_at"] + window
    )


if __name__ == "__main__":
    main()
