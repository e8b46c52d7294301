"""The dispute notice to the vendor: one per invoice, sent once, and never again by itself."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from recount.notify import notice_view
from recount.notify.advice import is_correction
from recount.notify.attaching import attach
from recount.notify.delivery import Delivery, Post, deliver
from recount.notify.drafting import Draft
from recount.notify.figures import reason_rows
from recount.notify.identity import accusation_hash, file_stem, message_id, notice_id
from recount.notify.letterhead import Letterhead
from recount.notify.mail import Mail, header_text, mail_bytes
from recount.notify.render import render
from recount.notify.sheets import CLAIM_COLUMNS, notice_sheets
from recount.notify.smtp_session import sender_of
from recount.notify.wording import month
from recount.notify.workbook import workbook
from recount.periods import parse_instant


def vendor_notice(
    statement: Mapping[str, Any], lines: pa.Table, letterhead: Letterhead, post: Post
) -> Delivery | None:
    """Bring the notice as far as contract and register allow; None where there is none.

    Call it for every statement: a decision other than `dispute` withdraws a draft that waits. With
    `approval: required`, or of a month that was settled otherwise, nothing is sent before a person
    approves; once it was sent, other figures only make the draft of an amendment.
    """
    contract, period = statement["contract"], statement["period"]
    identity = notice_id(contract, period, letterhead.invoice_ids)
    claims = notice_view.claimed(lines, letterhead)
    content = accusation_hash(statement, _said(claims))
    is_dispute = statement["decision"] == "dispute"
    stem = file_stem(contract, period)
    draft = Draft(
        folder=f"notices/{identity}",
        id=identity,
        content=content,
        message_id=message_id("notice", identity, letterhead.finance),
        sender=sender_of(post.connection, letterhead.finance),
        recipients=letterhead.vendor_addresses,
        mail=_bytes(statement, lines, letterhead, post, identity) if is_dispute else None,
        as_of=parse_instant(statement["as_of"]),
        outbox_key=f"outbox/{stem}-notice-{identity[:16]}-{content[:8]}.eml",
        facts=_facts(statement, letterhead),
    )
    # what a vendor was told of as settled is never taken back without a person
    approval = "required" if is_correction(statement) else letterhead.approval
    return deliver(draft, post, approval=approval)


def _facts(statement: Mapping[str, Any], letterhead: Letterhead) -> dict[str, object]:
    return {
        "about": "dispute",
        "contract": statement["contract"],
        "version": statement["version"],
        "period": statement["period"],
        "invoices": sorted(letterhead.invoice_ids),
        "decision": statement["decision"],
        "disputed": statement["amounts"]["disputed"],
        "currency": statement["currency"],
    }


def _said(claims: Mapping[str, pa.Table]) -> list[list[object]]:
    """Return what the notice says of each line, in an order of its own."""
    said = [
        [group, *line.values()]
        for group, table in claims.items()
        for line in table.select(list(CLAIM_COLUMNS)).to_pylist()
    ]
    return sorted(said, key=str)


def _bytes(
    statement: Mapping[str, Any],
    lines: pa.Table,
    letterhead: Letterhead,
    post: Post,
    identity: str,
) -> bytes:
    rows = reason_rows(statement, lines, letterhead)
    as_of = parse_instant(statement["as_of"])
    claims = notice_view.claimed(lines, letterhead)
    book = workbook(notice_sheets(statement, rows, claims, letterhead), created=as_of)
    name = f"dispute-{file_stem(statement['contract'], statement['period'])}.xlsx"
    attachments, where = attach(post, name, book)
    view = notice_view.view(statement, rows, letterhead)
    view["references"] = [*where, f"Notice {identity}"]
    vendor = header_text("subject", letterhead.vendor)
    mail = Mail(
        sender=sender_of(post.connection, letterhead.finance),
        recipients=letterhead.vendor_addresses,
        reply_to=letterhead.finance,
        subject=f"Dispute notice: {vendor}, {month(statement['period'])}, {view['disputed']}",
        date=as_of,
        message_id=message_id("notice", identity, letterhead.finance),
        text=render("notice.txt", view),
        html=render("notice.html", view),
        attachments=attachments,
    )
    return mail_bytes(mail)
