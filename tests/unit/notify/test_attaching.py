"""Files go with a mail as far as there is room; the rest is named with its hash."""

from dataclasses import replace

from recount.evidence.register import sha256
from recount.notify.attaching import attach
from recount.notify.delivery import Post

FILES = {"a.pdf": b"p" * 60, "b.xlsx": b"x" * 50, "c.json": b"j" * 40}


def test_files_that_fit_together_are_attached_in_their_order(outbox: Post) -> None:
    attachments, said = attach(replace(outbox, most_bytes=150), FILES)
    assert [each.name for each in attachments] == ["a.pdf", "b.xlsx", "c.json"]
    assert [each.mime_type for each in attachments][::2] == ["application/pdf", "application/json"]
    assert said == ("Attached: a.pdf, b.xlsx, c.json",)
    assert outbox.lake.keys() == []


def test_one_that_does_not_fit_beside_those_before_it_goes_into_the_lake(outbox: Post) -> None:
    attachments, said = attach(replace(outbox, most_bytes=100), FILES)
    assert [each.name for each in attachments] == ["a.pdf", "c.json"]
    key = f"attachments/{sha256(FILES['b.xlsx'])}.xlsx"
    assert outbox.lake.get(key) == FILES["b.xlsx"]
    assert said[1].endswith(f"b.xlsx at {outbox.lake.uri(key)}")
    assert said[2] == f"SHA-256 of it: {sha256(FILES['b.xlsx'])}"
