"""The month's determinations by pandas, written for this one contract."""

import json
import sys
from pathlib import Path

import pandas as pd

STARTS_AT = pd.Timestamp("2026-07-31 22:00", tz="UTC")
ENDS_AT = pd.Timestamp("2026-08-31 22:00", tz="UTC")
WINDOW = pd.Timedelta(days=14)


def main() -> None:
    folder = Path(sys.argv[1])
    events = pd.read_parquet(folder / "events.parquet")
    survey = pd.read_parquet(folder / "survey.parquet")
    subjects = pd.read_parquet(
        folder / "subjects.parquet", columns=["subject_id", "opened_at", "queue"]
    )
    candidates = _candidates(events, subjects)
    failing = _handed_off(candidates, events) | _reopened(candidates, events)
    is_met = candidates["event_id"].isin(_satisfied(candidates, survey) - failing)
    first_met = candidates[is_met].sort_values("concluded_at").drop_duplicates("subject_id")
    met = int(_in_period(first_met).sum())
    total = candidates[_in_period(candidates)]["subject_id"].nunique()
    print(json.dumps({"met": met, "not_met": total - met}))


def _in_period(frame: pd.DataFrame) -> "pd.Series[bool]":
    return (frame["concluded_at"] >= STARTS_AT) & (frame["concluded_at"] < ENDS_AT)


def _candidates(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    is_concluding = (events["event_type"] == "solved") & (events["actor_type"] == "ai_agent")
    concluded = events.loc[is_concluding, ["subject_id", "event_id", "occurred_at"]].rename(
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


def _satisfied(candidates: pd.DataFrame, survey: pd.DataFrame) -> set[str]:
    joined = candidates.merge(
        survey[["subject_id", "occurred_at", "event_id", "value"]],
        on="subject_id",
        suffixes=("", "_rated"),
    )
    inside = joined[_within(joined)].sort_values(["occurred_at", "event_id_rated"])
    last = inside.drop_duplicates("event_id", keep="last")
    return set(last.loc[last["value"].astype(float) >= 4, "event_id"])


def _within(joined: pd.DataFrame) -> "pd.Series[bool]":
    return (joined["occurred_at"] > joined["concluded_at"]) & (
        joined["occurred_at"] <= joined["concluded_at"] + WINDOW
    )


if __name__ == "__main__":
    main()
