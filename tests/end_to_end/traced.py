"""What of a month does not lead back to landed records; nothing is what there should be."""

import random
import re
from collections.abc import Iterator
from typing import Any

from recount import as_run
from recount.evidence.tracing import UnknownFigure, known, trace
from recount.evidence.tracing.places import Landed
from recount.lake import open_lake
from recount.month import Month
from recount.sources import source_of, terms_of
from recount.sources.origins import keys_of
from tests.end_to_end.buyer import Buyer
from tests.support.partly import partly_recounted
from tests.support.small import FINAL
from tests.unit.notify.parsing import read_mail
from tests.unit.notify.reading_pdf import text_of_pdf


def unproven_figures(
    buyer: Buyer, statement: dict[str, Any], count: int, seed: int = 41
) -> Iterator[str]:
    """Trace as many figures, drawn by a seed, and say what is wrong with each."""
    lake = open_lake(str(buyer.lake))
    contract = as_run.contract_of(lake, as_run.facts_of(lake, statement))
    figures = known(statement, contract)
    assert len(figures) > 30
    for path in random.Random(seed).sample(figures, min(count, len(figures))):
        traced = trace(lake, statement, path)
        if not traced["adds_up"] or traced["broken"]:
            yield f"{path}: {traced['sum']} is not {traced['value']} {traced['broken']}"
        for row in traced["rows"]:
            if row.get("line_id") and not row["records"]:
                yield f"{path}: line {row['line_id']} has no record"
            for event in row.get("events", ()):
                if not event["records"]:
                    yield f"{path}: {event['event_id']} has no record"


def untraced_amounts(
    buyer: Buyer, statement: dict[str, Any], count: int, seed: int = 41
) -> Iterator[str]:
    """Trace as many amounts of mails and letters, drawn by a seed, and say what is wrong."""
    lake = open_lake(str(buyer.lake))
    printed = sorted(amounts_printed(buyer, statement["currency"]))
    assert printed
    for text in random.Random(seed).sample(printed, min(count, len(printed))):
        try:
            traced = trace(lake, statement, text)
        except UnknownFigure as unknown:
            yield str(unknown)
            continue
        if traced["adds_up"] is False or traced["broken"] or not traced["printed_as"]:
            yield f"{text}: {traced['sum']} is not {traced['value']} {traced['broken']}"


def amounts_printed(buyer: Buyer, currency: str) -> set[str]:
    """Every amount in the month's mails to finance and vendor, and in the letters with them."""
    amount, found = re.compile(rf"[\d,]*\d(?:\.\d+)? {currency}\b"), set[str]()
    mails = buyer.objects("outbox", "notices")
    for key, data in mails.items():
        if key.endswith(".eml") and key.startswith((f"outbox/{buyer.period}-", "notices/")):
            read = read_mail(data)
            letters = [text_of_pdf(file) for name, file in read.files.items() if ".pdf" in name]
            for text in (read.text, read.seen, *letters):
                found.update(amount.findall(" ".join(text.split())))
    return found


def unlanded_events(buyer: Buyer, as_of: str = FINAL) -> Iterator[str]:
    """Name each event of a month's log, used or not, of which no landed record is found."""
    lake = open_lake(str(buyer.lake))
    statement = buyer.published(as_of)
    facts = as_run.facts_of(lake, statement)
    contract = as_run.contract_of(lake, facts)
    month = Month(str(buyer.contract), contract.contract, buyer.period, as_of, str(buyer.lake))
    with partly_recounted(month, "int_staged_events") as built:
        events = built.query("select distinct source, event_id from recount.int_staged_events")
    assert events.num_rows > 10
    keys = {
        (event["source"], event["event_id"]): [
            (event["source"], stream, key)
            for stream, key in keys_of(
                source_of(terms_of(contract, event["source"])).origins, event["event_id"]
            )
        ]
        for event in events.to_pylist()
    }
    found = Landed(lake, contract, facts["streams"]).find(
        each for wanted in keys.values() for each in wanted
    )
    for (source, event_id), wanted in keys.items():
        if not any(found[each] for each in wanted):
            yield f"{source}: {event_id}"
