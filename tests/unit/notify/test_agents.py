"""A line names the event that concluded it and whose act that was; people stay unnamed."""

import pyarrow as pa

from recount.notify.agents import with_agents

EVENTS = pa.table(
    {
        "event_id": ["1", "1", "2", "3"],
        "subject_id": ["T1", "T2", "T2", "T3"],
        "actor_type": ["ai_agent", "human_agent", "automation", "human_agent"],
        "actor_id": ["fin-bot", "jane", "908", "joe"],
    }
)


def named(*lines: tuple[str | None, str | None]) -> list[tuple[str | None, str | None]]:
    """Return type and id of the actor for lines with these concluding events and subjects."""
    table = pa.table(
        {
            "candidate_event_id": pa.array([event for event, _ in lines], pa.string()),
            "subject_id": pa.array([subject for _, subject in lines], pa.string()),
        }
    )
    rows = with_agents(table, EVENTS).to_pylist()
    return [(row["concluded_by"], row["agent_id"]) for row in rows]


def test_an_agent_and_an_automation_are_named() -> None:
    assert named(("1", "T1"), ("2", "T2")) == [("ai_agent", "fin-bot"), ("automation", "908")]


def test_of_a_person_only_that_it_was_one_is_said() -> None:
    assert named(("3", "T3")) == [("human_agent", None)]


def test_an_id_that_two_sources_gave_is_told_apart_by_its_subject() -> None:
    assert named(("1", "T2"), ("1", "T1")) == [("human_agent", None), ("ai_agent", "fin-bot")]


def test_what_nothing_concluded_was_by_nobody() -> None:
    assert named((None, "T9"), ("9", None), (None, None)) == [(None, None)] * 3
