"""Each value that a contract refuses, with the line, the key and what to do."""

from pathlib import Path

import pytest

from tests.unit.contract.acme import acme_with, contract_of, line_of, refusal_of

PRICE = f"acme.yml:{line_of('per_outcome')}: pricing.resolution.per_outcome: "


@pytest.mark.parametrize("price", ["0.99", "1", "0"])
def test_money_without_quotes_is_refused_whatever_it_is(tmp_path: Path, price: str) -> None:
    refusal = refusal_of(tmp_path, acme_with('"0.99"', price))

    assert refusal == f'{PRICE}quote per_outcome ("{price}"); unquoted, YAML reads a float'


@pytest.mark.parametrize(
    "price",
    [
        "NaN",
        "nan",
        ".nan",
        "inf",
        "-inf",
        ".inf",
        "1e400",
        "1e-3",
        "1,000.00",
        "1.000,00",
        "1_000",
        "-1",
        "+1",
        "01",
        "0x10",
        ".99",
        "1.",
        "0.1234567",
        "1234567890123",
        "٣",
    ],
)
def test_money_that_cannot_be_computed_exactly_is_refused(tmp_path: Path, price: str) -> None:
    refusal = refusal_of(tmp_path, acme_with('"0.99"', f'"{price}"'))

    assert refusal.startswith(f"{PRICE}{price!r} is no amount; write per_outcome as digits and")


@pytest.mark.parametrize("price", ["0", "0.000001", "999999999999.999999"])
def test_money_at_its_bounds_is_read_as_it_stands(tmp_path: Path, price: str) -> None:
    contract = contract_of(tmp_path, acme_with('"0.99"', f'"{price}"'))

    assert f"{contract.pricing.outcomes['resolution'].per_outcome:f}" == price


REFUSED = [
    # booleans and whole numbers
    ("reclassify: true", "reclassify: yes", "rights.reclassify: 'yes' is neither true nor"),
    ("reclassify: true", "reclassify: no", "rights.reclassify: 'no' is neither true nor"),
    ("reclassify: true", "reclassify: on", "'on' is neither true nor false"),
    ("reclassify: true", "reclassify: True", "'True' is neither true nor false"),
    ("reclassify: true", 'reclassify: "true"', "write one of them, unquoted"),
    ("reclassify: true", "reclassify: 1", "'1' is neither true nor false"),
    ("version: 3", "version: 1_000", "version: '1_000' is no version; write a number such as"),
    ("version: 3", "version: 010", "'010' is no version"),
    ("version: 3", "version: 0o17", "'0o17' is no version"),
    ("version: 3", "version: 0x1F", "'0x1F' is no version"),
    ("version: 3", "version: 3.0", "'3.0' is no version"),
    ("version: 3", "version: 0", "'0' is no version"),
    ("version: 3", "version: -3", "'-3' is no version"),
    ("version: 3", 'version: "3"', "'3' is no version; write a number such as 3, unquoted"),
    ("version: 3", "version: 1000000000", "is no version"),
    # decimals
    ('percent: "2"', "percent: 2.5", '35: tolerance.percent: quote percent ("2.5"); unquoted'),
    ('percent: "2"', 'percent: "100.1"', "'100.1' is no percentage"),
    ('percent: "2"', 'percent: "-1"', "'-1' is no percentage"),
    ('percent: "2"', 'percent: "2 %"', "'2 %' is no percentage"),
    ('percent: "2"', 'percent: ""', "tolerance.percent: this is empty; give it a value"),
    ("at_least: 4", "at_least: .nan", "satisfied.requires.at_least: '.nan' is no bound"),
    ("at_least: 4", "at_least: 4.12345", "at_least: '4.12345' is no bound; write digits"),
    ("at_least: 4", "at_least: 4, at_most: 3.9", "at_least: no value is at least this and at"),
    # windows that are none
    ("within: 14 days", "within: 0 days", "stayed_solved.forbids.within: '0 days' is no duration"),
    ("within: 14 days", "within: soon", "within: 'soon' is no duration; write for example"),
    ("within: 14 days", "within:", "within: this is empty; give it a value or leave the key out"),
    ("within: 14 days", "within: 14", "within: '14' is no duration"),
    ("within: 14 days", "within: -14 days", "within: '-14 days' is no duration"),
    ("within: 14 days", "within: 1.5 days", "within: '1.5 days' is no duration"),
    ("within: 14 days", "within: 1 month", "within: '1 month' is no duration"),
    ("within: 14 days", "within: [14 days]", "within: write one text here, not a list or a"),
    ("within: 14 days", "within: 3661 days", "'3661 days' is longer than ten years"),
    ("within: 14 days", "session: 0 minutes", "session: '0 minutes' is no duration"),
    ("until: concluded", "until: opened", "'opened' is not supported for until; write concluded"),
    ("within: 14 days", "within: 14 days, until: concluded", "until: within and until stand"),
    # days, zones, currencies, addresses
    ("until: 2027-07-01", "until: 2026-07-01", "effective.until: until is not after from"),
    ("from: 2026-07-01", "from: 2026-02-30", "effective.from: '2026-02-30' is no date; write"),
    ("from: 2026-07-01", "from: 01.07.2026", "effective.from: '01.07.2026' is no date"),
    ("from: 2026-01-01", "from: 1899-12-31", "actors.automation[0].from: '1899-12-31' is no"),
    ("Europe/Berlin", "Europe/Berln", "time_zone: 'Europe/Berln' is no time zone; write an"),
    ("Europe/Berlin", "../../etc/passwd", "time_zone: '../../etc/passwd' is no time zone"),
    ("Europe/Berlin", "CEST", "'CEST' is no time zone"),
    ("USD", "BTC", "currency: 'BTC' is no currency; write an ISO 4217 code like USD"),
    ("USD", "usd", "'usd' is no currency"),
    ("USD", "XAU", "'XAU' is no currency"),
    ("[ap@acme.example]", "[ap]", "notify.finance[0]: 'ap' is no mail address; write for"),
    ("[ap@acme.example]", '["a@b.example\\r\\nBcc: c@d.example"]', "is no mail address"),
    ("[ap@acme.example]", "[a@b@c.example]", "is no mail address"),
    ("[ap@acme.example]", "['A <a@b.example>']", "is no mail address"),
    ("[ap@acme.example]", "ap@acme.example", "notify.finance: write a list here"),
    ("[ap@acme.example]", "[]", "notify.finance: this is empty; write at least one"),
    # names
    ("contract: acme-fin", "contract: ../acme", "contract: '../acme' is no name; write at"),
    ("contract: acme-fin", "contract: -acme", "'-acme' is no name"),
    ("contract: acme-fin", f"contract: {'a' * 65}", "is no name"),
    ("stayed_solved:", "stayed.solved:", "'stayed.solved' is no name; write a letter, then"),
    ("Acme GmbH", '"Acme\\nBcc: x"', "parties.buyer: write this on one line of at most 300"),
    ("Acme GmbH", '" Acme"', "parties.buyer: ' Acme' begins or ends with a space; remove it"),
    ("Acme GmbH", "", "parties.buyer: this is empty; give it a value or leave the key out"),
    (
        "Inc}",
        'Inc, electronic_addresses: {buyer: "0088:1", vendor: acme}}',
        "parties.electronic_addresses.vendor: 'acme' is no electronic address; write its scheme's",
    ),
    ("Inc}", 'Inc, electronic_addresses: {buyer: "0088:1"}}', "vendor is missing"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), REFUSED)
def test_a_value_that_is_none_is_refused_with_its_line_and_advice(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    refusal = refusal_of(tmp_path, acme_with(old, new))

    assert refusal.startswith(f"acme.yml:{line_of(old)}: ")
    assert sentence in refusal


def test_an_outcome_has_a_name_that_is_one_word(tmp_path: Path) -> None:
    text = acme_with("  resolution:\n", "  'a b':\n", ("  resolution: {", "  'a b': {"))

    assert "acme.yml:16: outcomes.a b: 'a b' is no name; write a letter" in refusal_of(
        tmp_path, text
    )


def test_the_longest_and_shortest_windows_are_read(tmp_path: Path) -> None:
    contract_of(tmp_path, acme_with("within: 14 days", "within: 3660 days"))
    contract_of(tmp_path, acme_with("within: 14 days", "within: 1 minute"))


def test_metacharacters_and_markup_are_data_where_text_is_free(tmp_path: Path) -> None:
    free = "x'; drop table terms; -- {{ 7 * 7 }} {% raw %} <script>alert(1)</script> ../../etc"
    quoted = '"' + free + '"'
    text = acme_with(
        "Example AI Inc",
        quoted,
        ('"fin-bot"', quoted),
        ("[billing, orders]", f"[{quoted}]"),
        ("A ticket the AI agent solved alone, that", f'"{free} counts when it"\n    # '),
    )

    contract = contract_of(tmp_path, text)

    assert contract.parties.vendor == free
    assert contract.actors["ai_agent"][0].id == free
    assert contract.outcomes["resolution"].scope.queue == (free,)
    assert contract.outcomes["resolution"].says == f"{free} counts when it"
