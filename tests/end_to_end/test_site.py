"""The site about a statement says what is behind it, opens offline, and never changes."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from recount.cli import main
from recount.lake import open_lake
from recount.project import ROOT, made_by
from recount.sweeping import unreferenced
from tests.end_to_end.buyer import Buyer

AS_OF = "2026-05-01T00:00:00Z"
SCRIPT = "<script>alert(1)</script>"
WAIVER = {
    "lint": "no_signatories", "at": "signatories", "because": f"old {SCRIPT}",
    "accepted_by": "Ann", "expires_on": "2026-04-30",
}  # fmt: skip

RULE = {
    "says": f"A processing agreement is in force {SCRIPT}", "adherence": "broken",
    "checked_on": "2026-04-02", "checked_by": "Ines Roth", "evidence": "DPA-2026-04",
}  # fmt: skip


class Loaded(HTMLParser):
    """What a page loads or links to, and the policy that stands before any script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.policy: str | None = None
        self.scripts_before_policy = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("http-equiv") == "Content-Security-Policy":
            self.policy = said["content"]
        self.scripts_before_policy += tag == "script" and self.policy is None
        self.links += [value for name in ("href", "src") if (value := said.get(name))]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Buyer, Path]:
    """A buyer whose contract says what a page must escape, and a copy of the month's site."""
    folder = tmp_path_factory.mktemp("audited")
    for path in (ROOT / "docs/first-month").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    terms = yaml.safe_load((folder / "contract.yml").read_text("utf-8"))
    terms["outcomes"]["resolution"]["says"] = f"Solved {SCRIPT}"
    terms["waivers"] = [WAIVER]
    terms["regulations"] = {"gdpr_art_28": RULE}
    (folder / "contract.yml").write_text(yaml.safe_dump(terms, sort_keys=False), "utf-8")
    buyer = Buyer(folder / "contract.yml", folder / "lake")
    buyer.statement(as_of=AS_OF)
    site(buyer, "--to", str(folder / "copy"))
    return buyer, folder / "copy"


def site(buyer: Buyer, *words: str) -> Result:
    lake = ["--lake", str(buyer.lake)]
    return CliRunner().invoke(main, ["site", "first-month", *words, *lake])


def index(copied: Path) -> Path:
    (page,) = copied.rglob("index.html")
    return page


def test_the_page_has_what_is_behind_the_statement(audited: tuple[Buyer, Path]) -> None:
    buyer, copied = audited
    page = index(copied).read_text("utf-8")
    statement = buyer.published(AS_OF)
    assert statement["because"] in page
    assert "No reopened event within 14 days after the conclusion." in page
    assert statement["inputs"]["invoice"] in page
    assert "line_of_another_period" in page
    assert page.count("adds up</span>") > 20
    assert "does not add up" not in page
    assert "raw event export: granted" in page
    assert "drafted" in page
    for said in ("gdpr_art_28", "DPA-2026-04", "Ines Roth", '<span class="mark bad">broken</span>'):
        assert said in page
    assert all(value in page for value in made_by().values())


def test_no_page_loads_anything_from_elsewhere(audited: tuple[Buyer, Path]) -> None:
    _, copied = audited
    pages = list(copied.rglob("*.html"))
    assert len(pages) == 3
    for path in pages:
        found = Loaded(path.read_text("utf-8"))
        assert found.policy is not None
        assert found.policy.startswith("default-src 'none'")
        assert not re.search("https?:|//", found.policy)
        assert found.scripts_before_policy == 0


def test_every_link_of_the_page_leads_to_a_file_of_the_copy(audited: tuple[Buyer, Path]) -> None:
    _, copied = audited
    links = Loaded(index(copied).read_text("utf-8")).links
    assert len(links) > 5
    for link in links:
        assert (index(copied).parent / link).resolve().is_relative_to(copied.resolve())
        assert (index(copied).parent / link).is_file(), link


def test_a_sweep_finds_that_something_names_every_object(audited: tuple[Buyer, Path]) -> None:
    buyer, _ = audited
    assert any(key.startswith("audit/models/") for key in buyer.objects())
    assert unreferenced(open_lake(str(buyer.lake))) == []


def test_what_people_wrote_is_text(audited: tuple[Buyer, Path]) -> None:
    _, copied = audited
    page = index(copied).read_text("utf-8")
    assert SCRIPT not in page
    assert page.count("&lt;script&gt;") == 3


def test_an_expired_waiver_is_shown_as_such(audited: tuple[Buyer, Path]) -> None:
    _, copied = audited
    page = index(copied).read_text("utf-8")
    assert '<span class="mark expired">expired</span>' in page


def test_a_second_time_nothing_is_written_and_a_new_step_makes_another_one(
    audited: tuple[Buyer, Path], tmp_path: Path
) -> None:
    buyer, _ = audited
    before = buyer.objects("audit")
    assert site(buyer).exit_code == 0
    assert buyer.objects("audit") == before
    again = buyer.copy(tmp_path / "lake")
    sample = ["sample", "draw", "first-month", "--size", "3", "--seed", "41"]
    CliRunner().invoke(main, [*sample, "--lake", str(again.lake)])
    assert site(again).exit_code == 0
    after = again.objects("audit")
    assert {key: after[key] for key in before} == before
    assert len([key for key in after if key.endswith("index.html")]) == 2
    assert len([key for key in after if key.startswith("audit/models/")]) == 1


def test_nothing_is_published_over_an_altered_mart(
    audited: tuple[Buyer, Path], tmp_path: Path
) -> None:
    harmed = audited[0].copy(tmp_path / "lake")
    (mart,) = (harmed.lake / "marts/charges").rglob("*.parquet")
    mart.write_bytes(mart.read_bytes()[:-1] + b"!")
    before = harmed.objects("audit")
    done = site(harmed)
    assert done.exit_code == 2
    assert "was altered" in done.stderr
    assert harmed.objects("audit") == before


def test_the_manifest_names_every_file_by_its_hash(audited: tuple[Buyer, Path]) -> None:
    buyer, _ = audited
    (manifest,) = (
        json.loads(data)
        for key, data in buyer.objects("audit").items()
        if key.endswith("00000001.json")
    )
    assert manifest["made_by"] == made_by()
    assert set(manifest["files"]) == {
        "index.html", "statement.json", "contract.json", "marts.json", "guard.html",
    }  # fmt: skip
