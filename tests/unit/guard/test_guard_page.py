import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from recount.guard import Judgement, Outcome, docs_page, judge
from recount.guard.hops import HOPS
from tests.unit.guard.months import PARAMETERS, month

STATEMENT = {
    "contract": "acme-fin",
    "version": 3,
    "period": "2016-03",
    "as_of": "2016-05-01T00:00:00Z",
    "kind": "final",
    "outcomes": {"resolution": {"reasons": {"nobody prints this": 1}}},
    "inputs": {"helpdesk": "sha256:0123"},
}


@pytest.fixture(scope="module")
def clean() -> Judgement:
    return judge(month(), PARAMETERS)


@pytest.fixture(scope="module")
def faulty() -> Judgement:
    return judge(month(line_lost_count=2, unverifiable_count=4), PARAMETERS)


class Reader(HTMLParser):
    """The text of a page, and every attribute of its elements."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.decode())
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_everything_that_was_judged_is_shown_also_what_is_clear(clean: Judgement) -> None:
    text = Reader(docs_page(clean, STATEMENT)).text
    assert clean.validations
    for each in clean.validations:
        assert each.rule.replace("_", " ") in text
        assert each.because in text
        assert each.observed in text
    assert "Nothing speaks against these figures." in text


def test_what_was_found_stands_first(faulty: Judgement) -> None:
    text = Reader(docs_page(faulty, STATEMENT)).text
    assert "These figures must not accuse anybody yet: 1 finding to clear up." in text
    assert text.index("line lost : lines lost: 2 of 40") < text.index("Landed:")
    assert text.index("unverifiable lines: 4") < text.index("Landed:")


def test_the_hops_stand_in_their_order(clean: Judgement) -> None:
    text = Reader(docs_page(clean, STATEMENT)).text
    places = [text.index(title) for title in HOPS.values()]
    assert places == sorted(places)
    assert {each.hop for each in clean.validations} == set(HOPS)


def test_the_page_says_which_statement_it_is_about_and_no_more_of_it(clean: Judgement) -> None:
    text = Reader(docs_page(clean, STATEMENT)).text
    for value in ("acme-fin", "2016-03", "2016-05-01T00:00:00Z", "final", "sha256:0123"):
        assert value in text
    assert "nobody prints this" not in text


def test_the_page_loads_nothing(faulty: Judgement) -> None:
    page = docs_page(faulty, STATEMENT)
    elements = Reader(page).elements
    assert len(elements) > 100
    assert {tag for tag, _ in elements}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "a"}
    )
    assert {name for _, attributes in elements for name in attributes}.isdisjoint(
        {"src", "href", "srcset", "background", "action", "onload", "style"}
    )
    assert not re.search(rb"url\(|@import|https?:|//", page)


def test_the_same_judgement_gives_the_same_bytes(faulty: Judgement) -> None:
    again = judge(month(line_lost_count=2, unverifiable_count=4), PARAMETERS)
    assert again == faulty
    assert docs_page(again, STATEMENT) == docs_page(faulty, STATEMENT)


def test_foreign_text_is_text(clean: Judgement) -> None:
    evil = "<script>alert(1)</script>{{ 7*7 }}"
    (first, *rest) = clean.validations
    marked = replace(first, observed=evil, because=evil, outcome=Outcome.NOT_AS_EXPECTED)
    page = docs_page(Judgement((marked, *rest)), {**STATEMENT, "contract": evil + "\u202e"})
    assert b"<script" not in page
    assert b"alert(1)&lt;/script&gt;{{ 7*7 }}" in page
    assert "\u202e" not in page.decode()


def test_what_could_not_be_judged_is_never_shown_as_clear(clean: Judgement) -> None:
    (first, *rest) = clean.validations
    judgement = Judgement((replace(first, severity="note", outcome=Outcome.NOT_JUDGED), *rest))
    text = Reader(docs_page(judgement, STATEMENT)).text
    assert "could not be judged holds" in text
    assert "These figures must not accuse anybody yet" in text
