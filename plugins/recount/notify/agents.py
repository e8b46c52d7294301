"""Who concluded what a line bills: so that both sides look at the same act of the same agent."""

import pyarrow as pa
import pyarrow.compute as pc

# People are named by what they are alone: who of the staff it was is no business of a vendor's.
_NAMED = pa.array(["ai_agent", "automation"])
_BETWEEN = "\x1f"


def with_agents(lines: pa.Table, events: pa.Table) -> pa.Table:
    """Add `concluded_by`, the type of the actor of each line's concluding event, and `agent_id`.

    `lines` is the mart `reconciliation_lines`, `events` the mart `evidence_events`. Both are null
    where nothing concluded the line's subject, and `agent_id` also where a person did.
    """
    place = pc.index_in(
        _key(lines["candidate_event_id"], lines["subject_id"]),
        value_set=_key(events["event_id"], events["subject_id"]).combine_chunks(),
    )
    actor_type, actor_id = events["actor_type"].take(place), events["actor_id"].take(place)
    is_named = pc.is_in(actor_type, value_set=_NAMED)
    agent_id = pc.if_else(is_named, actor_id, pa.scalar(None, actor_id.type))
    return lines.append_column("concluded_by", actor_type).append_column("agent_id", agent_id)


def _key(event_id: pa.ChunkedArray, subject_id: pa.ChunkedArray) -> pa.ChunkedArray:
    """An event's id is unique in its source alone, so that its subject goes with it."""
    texts = (event_id.cast(pa.large_string()), subject_id.cast(pa.large_string()))
    return pc.binary_join_element_wise(*texts, pa.scalar(_BETWEEN, pa.large_string()))
