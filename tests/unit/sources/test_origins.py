"""An event's id leads back to records of streams that its source has."""

import re

import pytest

from recount.sources import INVOICE_SYSTEMS, SYSTEMS
from recount.sources.origins import Origin, keys_of


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_origin_names_a_stream_and_columns_of_it(system: str) -> None:
    source = SYSTEMS[system]
    assert source.origins
    for origin in source.origins:
        columns = re.compile(origin.pattern).groupindex
        assert columns
        assert set(columns) <= set(source.streams[origin.stream].names), origin


def test_an_invoice_tells_of_no_event() -> None:
    assert all(not source.origins for source in INVOICE_SYSTEMS.values())


def test_an_id_that_has_the_form_of_two_streams_leads_to_both() -> None:
    origins = (
        Origin("comments", r"2-(?P<comment_id>\w+)"),
        Origin("emails", r"\d-(?P<email_id>\w+)"),
        Origin("cases", r"0-(?P<case_id>\w+)"),
    )
    assert list(keys_of(origins, "2-ab")) == [
        ("comments", (("comment_id", "ab"),)), ("emails", (("email_id", "ab"),)),
    ]  # fmt: skip
    assert list(keys_of(origins, "2-ab-solved")) == []
