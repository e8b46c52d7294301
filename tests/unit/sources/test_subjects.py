"""Subjects are typed exactly; their attributes are one flat or shallow JSON object."""

from datetime import datetime

import pytest

from recount.errors import SourceError
from recount.sources import SYSTEMS
from tests.unit.sources.logs import NINE, parsed, terms_of

SUBJECT_HEADER = "subject_id,subject_type,opened_at,queue,is_test,attributes\n"


def test_a_subject_is_typed_exactly() -> None:
    subjects = SUBJECT_HEADER + f't1,ticket,{NINE},billing,TRUE,"{{""region"": ""north""}}"\n'
    table = parsed(terms_of(), "subjects", subjects + "t2,ticket,,,,\n", "subjects.csv")
    assert table.schema == SYSTEMS["event_log"].streams["subjects"]
    first, second = table.to_pylist()
    assert (first["opened_at"], first["is_test"]) == (datetime(2016, 3, 1, 9), True)
    assert (first["attributes"], first["tier"]) == ('{"region": "north"}', None)
    assert [second[name] for name in ("opened_at", "queue", "is_test", "attributes")] == [None] * 4


@pytest.mark.parametrize(
    "text",
    ["[]", "1", '"x"', "{", '{"a": NaN}', '{"a": 1, "a": 2}', '{"a": ' * 30 + "1" + "}" * 30,
     "[" * 100_000, '{"a":' * 100_000],
)  # fmt: skip
def test_attributes_that_are_no_json_object_are_refused(text: str) -> None:
    cell = text.replace('"', '""')
    with pytest.raises(SourceError) as refused:
        parsed(terms_of(), "subjects", f'{SUBJECT_HEADER}t1,ticket,,,,"{cell}"\n', "subjects.csv")
    said = str(refused.value)
    assert said.startswith("subjects.csv, record 1, attributes '")
    assert said.endswith('write a JSON object such as {"region": "north"}')
