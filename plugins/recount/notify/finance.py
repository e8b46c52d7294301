"""The finance mail: one per result of a period, sent once."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from recount.errors import LandingError
from recount.notify import finance_view, waterfall
from recount.notify.attaching import attach
from recount.notify.delivery import Delivery, Post, deliver
from recount.notify.drafting import Draft
from recount.notify.figures import reason_rows
from recount.notify.identity import file_stem, mail_id, message_id, result_hash
from recount.notify.letterhead import Letterhead
from recount.notify.mail import Mail, Picture, header_text, mail_bytes
from recount.notify.render import render
from recount.notify.sheets import finance_sheets
from recount.notify.smtp_session import sender_of
from recount.notify.workbook import workbook
from recount.periods import parse_instant


def finance_mail(
    statement: Mapping[str, Any],
    lines: pa.Table,
    letterhead: Letterhead,
    post: Post,
    *,
    notice: Delivery | None,
) -> Delivery:
    """Tell finance the result and the one thing to do; a result told before is not told again.

    `statement` is the document of DESIGN 10, `lines` the mart `reconciliation_lines`:
    ReconcileError if they disagree. `notice` is what `vendor_notice` returned. Without a connection
    the mail lies in the lake's outbox.
    """
    contract, period = statement["contract"], statement["period"]
    content = result_hash(statement)
    identity = mail_id("finance", contract, period, content)
    mail = _mail(statement, lines, letterhead, post, notice, identity)
    draft = Draft(
        folder=f"mails/{identity}",
        id=identity,
        content=content,
        message_id=mail.message_id,
        sender=mail.sender,
        recipients=tuple(mail.recipients),
        mail=mail_bytes(mail),
        as_of=mail.date,
        outbox_key=f"outbox/{file_stem(contract, period)}-finance-{identity[:16]}.eml",
        facts={"about": "finance", "contract": contract, "period": period},
    )
    delivery = deliver(draft, post, approval="automatic")
    if delivery is None:
        raise LandingError(f"mails/{identity} lost its steps; restore them and run again")
    return delivery


def _mail(
    statement: Mapping[str, Any],
    lines: pa.Table,
    letterhead: Letterhead,
    post: Post,
    notice: Delivery | None,
    identity: str,
) -> Mail:
    rows = reason_rows(statement, lines, letterhead)
    as_of = parse_instant(statement["as_of"])
    book = workbook(finance_sheets(statement, rows, lines, letterhead), created=as_of)
    name = f"recount-{file_stem(statement['contract'], statement['period'])}.xlsx"
    attachments, where = attach(post, {name: book})
    view = finance_view.view(statement, rows, letterhead, notice)
    view["references"] = [*where, *view["references"]]
    vendor = header_text("subject", letterhead.vendor)
    return Mail(
        sender=sender_of(post.connection, letterhead.finance),
        recipients=letterhead.finance,
        is_for_ourselves=True,
        subject=f"{view['advice'].headline} ({vendor}, {view['month']})",
        date=as_of,
        message_id=message_id("finance", identity, letterhead.finance),
        text=render("finance.txt", view),
        html=render("finance.html", view),
        pictures=_pictures(statement) if letterhead.invoice_ids else (),
        attachments=attachments,
    )


def _pictures(statement: Mapping[str, Any]) -> tuple[Picture, ...]:
    return (Picture("waterfall", waterfall.png(statement)),)
