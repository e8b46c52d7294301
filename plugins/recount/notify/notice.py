"""The notice to the vendor, a dispute or a query: one per invoice, sent once by itself.

Its forms (mail, PDF, workbook, JSON, invoice response) are written from one set of rows, and what
they say is what gets approved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from recount.evidence.register import Register
from recount.notify import notice_view
from recount.notify.advice import is_correction
from recount.notify.attaching import attach
from recount.notify.delivery import Delivery, Post, deliver
from recount.notify.drafting import Draft, went_out
from recount.notify.figures import ReasonRow, reason_rows
from recount.notify.identity import accused, file_stem, message_id, notice_id
from recount.notify.invoice_response import invoice_response
from recount.notify.letterhead import Letterhead
from recount.notify.mail import Mail, header_text, mail_bytes
from recount.notify.matter import Matter, listed_lines, matter
from recount.notify.notice_document import content_hash, document_bytes, notice_document
from recount.notify.notice_pdf import notice_pdf
from recount.notify.notice_sheets import notice_sheets
from recount.notify.render import render
from recount.notify.smtp_session import sender_of
from recount.notify.wording import month
from recount.notify.workbook import workbook
from recount.periods import parse_instant

# Those of which a vendor is told.
DECISIONS = frozenset({"dispute", "query"})


@dataclass(frozen=True)
class Annex:
    """What a notice brings along beside the month's own figures.

    `history` is the contract's roll-forward as JSON has it, `evidence` the pack's `name` and
    `sha256`. Neither is part of what is approved: both go on changing.
    """

    history: Mapping[str, Any] | None = None
    evidence: Mapping[str, str] | None = None


def vendor_notice(
    statement: Mapping[str, Any],
    lines: pa.Table,
    letterhead: Letterhead,
    post: Post,
    annex: Annex = Annex(),
) -> Delivery | None:
    """Bring the notice as far as contract and register allow; None where there is none.

    Call it for every statement: one that neither disputes nor asks withdraws a draft that waits.
    With `approval: required`, or of a month that was settled otherwise, nothing is sent before a
    person approves; once it was sent, other figures only make the draft of an amendment.
    """
    contract, period = statement["contract"], statement["period"]
    identity = notice_id(contract, period, letterhead.invoice_ids)
    register, forms = Register(post.lake, f"notices/{identity}"), None
    if statement["decision"] in DECISIONS:
        forms = _Forms.of(statement, lines, letterhead, identity, annex)
    content = content_hash(forms.document if forms else None, accused(statement))
    before = went_out(register)
    if forms and before and before.facts["content"] != content:
        forms = forms.replacing(before.facts["as_of"])
    stem = file_stem(contract, period)
    draft = Draft(
        folder=register.folder,
        id=identity,
        content=content,
        message_id=message_id("notice", identity, letterhead.finance),
        sender=sender_of(post.connection, letterhead.finance),
        recipients=letterhead.vendor_addresses,
        mail=_mail(forms, post) if forms else None,
        as_of=parse_instant(statement["as_of"]),
        outbox_key=f"outbox/{stem}-notice-{identity[:16]}-{content[:8]}.eml",
        facts=_facts(statement, letterhead, post.started_by),
    )
    # what a vendor was told of as settled is never taken back without a person
    approval = "required" if is_correction(statement) else letterhead.approval
    return deliver(draft, post, approval=approval)


def _facts(
    statement: Mapping[str, Any], letterhead: Letterhead, started_by: str | None
) -> dict[str, object]:
    facts: dict[str, object] = {
        "about": "dispute",
        "contract": statement["contract"],
        "version": statement["version"],
        "period": statement["period"],
        "invoices": sorted(letterhead.invoice_ids),
        "decision": statement["decision"],
        "disputed": statement["amounts"]["disputed"],
        "currency": statement["currency"],
        "dispute_by": letterhead.dispute_by and str(letterhead.dispute_by),
    }
    return facts | ({"started_by": started_by} if started_by else {})


@dataclass(frozen=True)
class _Forms:
    """A notice before it is written in any form."""

    statement: Mapping[str, Any]
    rows: tuple[ReasonRow, ...]
    matter: Matter
    listed: Mapping[str, pa.Table]
    letterhead: Letterhead
    document: Mapping[str, Any]
    annex: Annex

    @classmethod
    def of(
        cls,
        statement: Mapping[str, Any],
        lines: pa.Table,
        letterhead: Letterhead,
        identity: str,
        annex: Annex,
    ) -> "_Forms":
        rows = reason_rows(statement, lines, letterhead)
        about = matter(statement, rows, letterhead)
        listed = listed_lines(statement, lines, letterhead)
        document = notice_document(
            statement, about, listed, letterhead,
            identity=identity, evidence=annex.evidence,
        )  # fmt: skip
        return cls(statement, rows, about, listed, letterhead, document, annex)

    def replacing(self, as_of: str) -> "_Forms":
        """Return the same as an amendment of the notice of that instant."""
        return replace(self, document={**self.document, "replaces": as_of})

    def files(self, view: Mapping[str, Any]) -> dict[str, bytes]:
        """Return the files by name, what people read first; the PDF has the others' hashes."""
        document, letterhead = self.document, self.letterhead
        sheets = notice_sheets(document, self.matter, self.listed, letterhead, self.annex.history)
        book = workbook(sheets, created=parse_instant(document["as_of"]))
        stem = f"{self.matter.kind}-{file_stem(document['contract'], document['period']['name'])}"
        data = {f"{stem}.xlsx": book, f"{stem}.json": document_bytes(document)}
        pdf = notice_pdf(view, document, self.matter, letterhead, attached=data)
        return {f"{stem}.pdf": pdf, **data, **self._responses(stem)}

    def _responses(self, stem: str) -> dict[str, bytes]:
        addresses = self.letterhead.electronic_addresses
        invoices = self.document["invoices"] if addresses else []
        numbers = [""] if len(invoices) == 1 else [f"-{n}" for n, _ in enumerate(invoices, 1)]
        return {
            f"{stem}{number}.xml": invoice_response(
                self.document, self.matter, addresses, invoice_id=invoice
            )
            for number, invoice in zip(numbers, invoices, strict=False)
            if addresses
        }


def _mail(forms: _Forms, post: Post) -> bytes:
    letterhead, statement, identity = forms.letterhead, forms.statement, forms.document["id"]
    replaces = forms.document["replaces"]
    view = notice_view.view(statement, forms.rows, forms.matter, letterhead, replaces)
    # a name that no header can hold is refused before anything is written
    vendor = header_text("subject", letterhead.vendor)
    attachments, where = attach(post, forms.files(view))
    view["references"] = [*where, f"Notice {identity}"]
    mail = Mail(
        sender=sender_of(post.connection, letterhead.finance),
        recipients=letterhead.vendor_addresses,
        reply_to=letterhead.finance,
        subject=f"{view['kind']}: {vendor}, {month(statement['period'])}, {view['amount']}",
        date=parse_instant(statement["as_of"]),
        message_id=message_id("notice", identity, letterhead.finance),
        text=render("notice.txt", view),
        html=render("notice.html", view),
        attachments=attachments,
    )
    return mail_bytes(mail)
