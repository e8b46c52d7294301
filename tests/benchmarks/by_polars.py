"""The month's determinations by Polars, lazily, written for this one contract."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

STARTS_AT = datetime(2026, 7, 31, 22, tzinfo=UTC)
ENDS_AT = datetime(2026, 8, 31, 22, tzinfo=UTC)
WINDOW = timedelta(days=14)
QUIET = timedelta(hours=24)
IN_PERIOD = pl.col("concluded_at").is_between(STARTS_AT, ENDS_AT, closed="left")


def candidates_of(folder: Path) -> pl.LazyFrame:
    events = pl.scan_parquet(folder / "events.parquet")
    subjects = pl.scan_parquet(folder / "subjects.parquet")
    scoped = subjects.filter(pl.col("queue").is_in(["billing", "orders"]))
    concluded = events.filter(pl.col("event_type") == "solved").select(
        "subject_id", "actor_type", candidate="event_id", concluded_at="occurred_at"
    )
    judged = concluded.filter(IN_PERIOD).select("subject_id").unique()
    return concluded.join(judged, on="subject_id", how="semi").join(
        scoped.select("subject_id", "opened_at"), on="subject_id"
    )


def failing(folder: Path, candidates: pl.LazyFrame) -> pl.LazyFrame:
    events = pl.scan_parquet(folder / "events.parquet").select(
        "subject_id", "event_type", "actor_type", "occurred_at"
    )
    by_human = events.filter(
        pl.col("event_type").is_in(["replied", "assigned", "handed_off"])
        & (pl.col("actor_type") == "human_agent")
    )
    reopened = events.filter(pl.col("event_type").is_in(["reopened", "followed_up"]))
    at, concluded_at = pl.col("occurred_at"), pl.col("concluded_at")
    handed_off = candidates.join(by_human, on="subject_id").filter(
        (at >= pl.col("opened_at")) & (at < concluded_at)
    )
    undone = candidates.join(reopened, on="subject_id").filter(
        (at > concluded_at) & (at <= concluded_at + WINDOW)
    )
    return pl.concat([handed_off.select("candidate"), undone.select("candidate")]).unique()


def contacted(folder: Path, candidates: pl.LazyFrame) -> pl.LazyFrame:
    by_requester = pl.scan_parquet(folder / "events.parquet").filter(
        (pl.col("event_type") == "contacted") & (pl.col("actor_type") == "requester")
    )
    at, concluded_at = pl.col("occurred_at"), pl.col("concluded_at")
    joined = candidates.join(by_requester.select("subject_id", "occurred_at"), on="subject_id")
    inside = joined.filter((at > concluded_at) & (at <= concluded_at + QUIET))
    return inside.select("candidate").unique()


def satisfied(folder: Path, candidates: pl.LazyFrame) -> pl.LazyFrame:
    survey = pl.scan_parquet(folder / "survey.parquet").select(
        "subject_id", "occurred_at", "event_id", "value"
    )
    at, concluded_at = pl.col("occurred_at"), pl.col("concluded_at")
    inside = candidates.join(survey, on="subject_id").filter(
        (at > concluded_at) & (at <= concluded_at + WINDOW)
    )
    last = inside.sort("occurred_at", "event_id").group_by("candidate").agg(pl.col("value").last())
    return last.filter(pl.col("value") >= 4).select("candidate")


def counts(candidates: pl.LazyFrame, met: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    first_met = met.sort("concluded_at").unique("subject_id", keep="first", maintain_order=True)
    subjects = candidates.filter(IN_PERIOD).select("subject_id").unique()
    return subjects.select(pl.len()), first_met.filter(IN_PERIOD).select(pl.len())


def main() -> None:
    folder = Path(sys.argv[1])
    candidates = candidates_of(folder)
    by_ai = candidates.filter(pl.col("actor_type") == "ai_agent")
    met = by_ai.join(failing(folder, by_ai), on="candidate", how="anti").join(
        satisfied(folder, by_ai), on="candidate", how="semi"
    )
    quiet = candidates.join(contacted(folder, candidates), on="candidate", how="anti")
    found = [
        frame.item() for frame in pl.collect_all([*counts(by_ai, met), *counts(candidates, quiet)])
    ]
    buyer = {"met": found[1], "not_met": found[0] - found[1]}
    print(json.dumps({"buyer": buyer, "vendor": {"met": found[3], "not_met": found[2] - found[3]}}))


if __name__ == "__main__":
    main()
