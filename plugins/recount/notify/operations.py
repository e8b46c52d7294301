"""The mail to those who run it: a run failed, or an invoice is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from recount.errors import ContractError, LandingError
from recount.notify.delivery import Delivery, Post, deliver
from recount.notify.drafting import Draft
from recount.notify.identity import file_stem, mail_id, message_id
from recount.notify.mail import Mail, header_text, mail_bytes
from recount.notify.render import render
from recount.notify.smtp_session import sender_of
from recount.notify.wording import instant, month

Trouble = Literal[
    "run_failed", "invoice_missing", "mail_refused", "correction_held", "approval_missing"
]

_HEADLINES: Mapping[Trouble, str] = {
    "run_failed": "The run failed, and nothing was published",
    "invoice_missing": "The invoice is missing",
    "correction_held": "A settled month was looked at again, and its figures are not fit to use",
    "approval_missing": "A dispute notice waits, and nobody decided on it",
    "mail_refused": "The statement is published, and a mail about it was not handed over",
}
_TO_DO: Mapping[Trouble, str] = {
    "run_failed": "Do what the message says, then run the month again; what was landed is kept.",
    "approval_missing": "Ask its approver; `recount disputes` lists what waits, and until when.",
    "mail_refused": "Do what the message says, then run the month again: it is sent once.",
    "correction_held": "Clear the finding, then run the month again; how it was settled stands.",
    "invoice_missing": "Ask the vendor for the invoice, or put it where the contract says; then "
    "run the month again.",
}


@dataclass(frozen=True)
class Alarm:
    """What went wrong with a contract's month; `because` is the error's own sentence."""

    trouble: Trouble
    contract: str
    period: str
    because: str
    as_of: datetime


def operations_mail(alarm: Alarm, recipients: tuple[str, ...], post: Post) -> Delivery:
    """Tell operations once of each trouble; another message of another kind is another mail."""
    if not recipients:
        raise ContractError(f"{alarm.contract} names nobody to tell; add notify.operations")
    identity = mail_id("operations", alarm.trouble, alarm.contract, alarm.period, alarm.because)
    stem = file_stem(alarm.contract, alarm.period)
    mail = _mail(alarm, recipients, post, identity)
    draft = Draft(
        folder=f"mails/{identity}",
        id=identity,
        content=identity,
        message_id=mail.message_id,
        sender=mail.sender,
        recipients=recipients,
        mail=mail_bytes(mail),
        as_of=alarm.as_of,
        outbox_key=f"outbox/{stem}-operations-{identity[:16]}.eml",
        facts={"about": alarm.trouble, "contract": alarm.contract, "period": alarm.period},
    )
    delivery = deliver(draft, post, approval="automatic")
    if delivery is None:
        raise LandingError(f"mails/{identity} lost its steps; restore them and run again")
    return delivery


def _mail(alarm: Alarm, recipients: tuple[str, ...], post: Post, identity: str) -> Mail:
    contract = header_text("subject", alarm.contract)
    headline = _HEADLINES[alarm.trouble]
    view = {
        "headline": headline,
        "contract": contract,
        "month": month(alarm.period),
        "because": alarm.because,
        "to_do": _TO_DO[alarm.trouble],
        "as_of": instant(alarm.as_of),
    }
    return Mail(
        sender=sender_of(post.connection, recipients),
        recipients=recipients,
        is_for_ourselves=True,
        subject=f"{headline} ({contract}, {view['month']})",
        date=alarm.as_of,
        message_id=message_id("operations", identity, recipients),
        text=render("operations.txt", view),
        html=render("operations.html", view),
    )
