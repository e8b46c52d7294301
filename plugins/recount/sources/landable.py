"""An answer of an API, made ready to be landed."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from recount.sources import shapes
from recount.sources.api import Answer
from recount.sources.extraction import Checkpoint, ControlTotal, FeedPage, Page


def within(answer: Answer, name: str) -> Answer:
    """Return an answer that is a list as a whole with its list as the only field of a document."""
    return replace(answer, document={name: answer.document})


def together(answers: list[Answer]) -> Answer:
    """Return several answers as one, for the hash of what was received and what was left out."""
    if len(answers) == 1:
        return answers[0]
    data = b"\n".join(each.data for each in answers)
    documents: list[Any] = [each.document for each in answers]
    return replace(answers[0], data=data, document=documents)


def landable(
    answer: Answer,
    kept: msgspec.Struct,
    record_count: int,
    checkpoint: Checkpoint,
    *,
    observed_until: datetime | None = None,
    control_total: ControlTotal | None = None,
) -> FeedPage:
    """Return a page of what is kept of an answer, with the hash of all that was received.

    `record_count` is how many rows the source's parser will give for it.
    """
    page = Page(
        name=", ".join(checkpoint.values()),
        data=shapes.packed(kept),
        record_count=record_count,
        received_sha256=hashlib.sha256(answer.data).hexdigest(),
    )
    redacted = shapes.left_out(answer.document, type(kept))
    return FeedPage(page, checkpoint, observed_until, control_total, redacted)
