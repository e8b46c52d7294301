"""Commands about disputes: who waits for what, and what people decide and note."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

import click

from recount.cli.options import Amount, Instant, json_option, lake_option, print_document
from recount.plain_text import plain

Command = TypeVar("Command", bound=Callable[..., Any])

as_of_option = click.option(
    "--as-of", type=Instant(), help="Say how old disputes are at this instant; by default now."
)
id_argument = click.argument("dispute_id", metavar="ID")
by_option = click.option("--by", required=True, help="Who decides or notes it: your name.")
content_option = click.option(
    "--content", required=True, metavar="HASH",
    help="The content hash of the draft that you read, as `recount disputes show` prints it.",
)  # fmt: skip


def because_option(*, required: bool) -> Callable[[Command], Command]:
    """Return the option of the reason."""
    return click.option("--because", default="", required=required, help="Why, in one line.")


@click.group(invoke_without_command=True)
@lake_option
@as_of_option
@json_option
@click.pass_context
def disputes(ctx: click.Context, lake_uri: str, as_of: datetime | None, as_json: bool) -> None:
    """List disputes, approve their notices, and note what came of them.

    Without a command it lists them. An ID may be shortened as long as it is the only one that
    begins so.
    """
    if ctx.invoked_subcommand is None:
        _list(lake_uri, as_of, as_json)
        return
    given = {"lake_uri": lake_uri, "as_of": as_of, "as_json": as_json}
    ctx.default_map = dict.fromkeys(disputes.commands, given)


@disputes.command("list")
@lake_option
@as_of_option
@json_option
def list_(lake_uri: str, as_of: datetime | None, as_json: bool) -> None:
    """List every dispute: what is open, its state, its age, and what it waits for."""
    _list(lake_uri, as_of, as_json)


def _list(lake_uri: str, as_of: datetime | None, as_json: bool) -> None:
    from recount import disputes as of_disputes
    from recount.lake import open_lake

    at = as_of or datetime.now(UTC)
    found = [each.as_document(at) for each in of_disputes.disputes(open_lake(lake_uri))]
    print_document({"disputes": found}, _listed, as_json)


@disputes.command()
@id_argument
@lake_option
@as_of_option
@json_option
def show(dispute_id: str, lake_uri: str, as_of: datetime | None, as_json: bool) -> None:
    """Show a dispute: its draft, and every step with who, when, why and its hash."""
    _print(lake_uri, dispute_id, as_json, as_of)


@disputes.command()
@id_argument
@content_option
@by_option
@because_option(required=False)
@lake_option
@json_option
def approve(
    dispute_id: str, content: str, by: str, because: str, lake_uri: str, as_json: bool
) -> None:
    """Approve the draft of a notice, and send it (without a mail server: put it in the outbox).

    Refused if the draft has another content by now, if you prepared it, or if somebody decided
    already.
    """
    from recount.evidence import decisions

    _decide(lake_uri, dispute_id, decisions.approve, content=content, by=by, because=because)
    _release(lake_uri, dispute_id, as_json)


@disputes.command()
@id_argument
@lake_option
@json_option
def send(dispute_id: str, lake_uri: str, as_json: bool) -> None:
    """Send a notice that is approved and did not go out yet; one that did is not sent again."""
    _release(lake_uri, dispute_id, as_json)


@disputes.command()
@id_argument
@content_option
@by_option
@because_option(required=True)
@lake_option
@json_option
def reject(
    dispute_id: str, content: str, by: str, because: str, lake_uri: str, as_json: bool
) -> None:
    """Reject the draft of a notice: it never goes out. Other figures are drafted anew."""
    from recount.evidence import decisions

    _decide(lake_uri, dispute_id, decisions.reject, content=content, by=by, because=because)
    _print(lake_uri, dispute_id, as_json)


@disputes.command()
@id_argument
@content_option
@by_option
@because_option(required=True)
@lake_option
@json_option
def amend(
    dispute_id: str, content: str, by: str, because: str, lake_uri: str, as_json: bool
) -> None:
    """Note that you sent the amendment that waits, by hand: nothing is sent here.

    `recount disputes show` says where its draft lies, and its content hash. Refused if it has
    another content by now, or if you prepared it.
    """
    from recount.evidence import decisions

    _decide(lake_uri, dispute_id, decisions.amend, content=content, by=by, because=because)
    _print(lake_uri, dispute_id, as_json)


@disputes.command()
@id_argument
@by_option
@because_option(required=True)
@lake_option
@json_option
def withdraw(dispute_id: str, by: str, because: str, lake_uri: str, as_json: bool) -> None:
    """Give a dispute up, sent or not: nothing is open of it, and no later run brings it back."""
    from recount.evidence import decisions

    _decide(lake_uri, dispute_id, decisions.withdraw, by=by, because=because)
    _print(lake_uri, dispute_id, as_json)


@disputes.command()
@id_argument
@click.argument("step", type=click.Choice([
    "acknowledged", "credited", "part_credited", "rejected", "closed", "sent", "not_sent",
    "noted",
]))  # fmt: skip
@by_option
@because_option(required=False)
@click.option("--amount", type=Amount(), help="How much is credited; of `credited`: all that is.")
@click.option("--credit-note", default="", help="The number of the vendor's credit note.")
@lake_option
@json_option
def record(
    dispute_id: str, step: str, by: str, because: str, amount: Decimal | None, credit_note: str,
    lake_uri: str, as_json: bool,
) -> None:  # fmt: skip
    """Note what the vendor answered, what it credited, or that a case is closed.

    `sent` and `not_sent` are for a notice of which nobody knows whether it arrived: by your word it
    did, or it did not and may be sent again. `noted` stands beside the case and changes nothing of
    it. Give the credit note's number if there is one, so that it is counted once when it arrives
    with an invoice.
    """
    from recount.lake import open_lake
    from recount.noting import Note
    from recount.noting import record as note_down

    what = Note(step, by, because, amount, credit_note)
    note_down(open_lake(lake_uri), dispute_id, what, at=datetime.now(UTC))
    _print(lake_uri, dispute_id, as_json)


def _register(lake_uri: str, dispute_id: str) -> Any:
    from recount import disputes as of_disputes
    from recount.lake import open_lake

    return of_disputes.find(open_lake(lake_uri), dispute_id).register


def _decide(lake_uri: str, dispute_id: str, decide: Callable[..., Any], **said: str) -> None:
    """Write what a person decides into the register of a dispute, as of now."""
    decide(_register(lake_uri, dispute_id), at=datetime.now(UTC), **said)


def _release(lake_uri: str, dispute_id: str, as_json: bool) -> None:
    from recount import telling
    from recount.errors import MailRefused

    delivery = telling.release(_register(lake_uri, dispute_id), datetime.now(UTC))
    _print(lake_uri, dispute_id, as_json)
    if delivery.because and delivery.state == "approved":
        raise MailRefused(
            f"the notice is approved and was not handed over ({delivery.because}); try "
            f"`recount disputes send {dispute_id}` later"
        )


def _print(lake_uri: str, dispute_id: str, as_json: bool, as_of: datetime | None = None) -> None:
    from recount import disputes as of_disputes
    from recount.lake import open_lake

    found = of_disputes.find(open_lake(lake_uri), dispute_id)
    print_document(found.in_full(as_of or datetime.now(UTC)), _shown, as_json)


def _listed(document: dict[str, Any]) -> Iterator[str]:
    for each in document["disputes"]:
        age = f", {each['age']} days since it was sent" if each["age"] else ""
        by = f", to be raised by {each['deadline']}" if each["deadline"] else ""
        waits = f", waits for {each['waits_for']}" if each["waits_for"] else ""
        yield (
            f"{each['id'][:12]}  {each['contract']}  {each['period']}  "
            f"{', '.join(each['invoices'])}  {each['open']} of {each['disputed']} "
            f"{each['currency']} open  {each['state']}{age}{by}{waits}"
        )
    if not document["disputes"]:
        yield "No dispute notice was drafted here yet."


def _shown(document: dict[str, Any]) -> Iterator[str]:
    yield f"Dispute {document['id']}"
    yield f"  contract     {document['contract']}, {document['period']}"
    yield f"  invoices     {', '.join(document['invoices'])}"
    yield f"  disputed     {document['disputed']} {document['currency']}"
    yield f"  open         {document['open']} {document['currency']}"
    waits = f", waits for {document['waits_for']}" if document["waits_for"] else ""
    yield f"  state        {document['state']}{waits}"
    yield f"  deadline     {document['deadline'] or '-'}"
    yield f"  age          {document['age'] or '-'}"
    yield f"  to           {', '.join(document['recipients']) or '-'}"
    yield f"  prepared by  {document['prepared_by']}"
    yield f"  approved by  {document['approved_by'] or '-'}"
    yield f"  content      {document['content']}"
    yield f"  draft        {document['draft']}"
    if amendment := document["amendment"]:
        yield f"  an amendment waits, as of {amendment['as_of']}"
        yield f"    disputed     {amendment['disputed']} {document['currency']}"
        yield f"    prepared by  {amendment['prepared_by']}"
        yield f"    content      {amendment['content']}"
        yield f"    draft        {amendment['draft'] or 'none: nothing is claimed any more'}"
    for step in document["steps"]:
        yield from _step(step, document["currency"])


def _step(step: dict[str, Any], currency: str) -> Iterator[str]:
    amount = f" {step['amount']} {currency}" if "amount" in step else ""
    credit_note = f" ({step['credit_note']})" if "credit_note" in step else ""
    because = f": {plain(step['because'])}" if step["because"] else ""
    run = f", in a run of {plain(step['started_by'])}" if "started_by" in step else ""
    said = f"{step['step']}{amount}{credit_note} by {step['by'] or 'recount'}{run}{because}"
    yield f"  {step['number']:>3}  {step['at']}  {said}"
    yield f"       sha256 {step['sha256']}"
    for address, words in step.get("recipients", {}).items() if _is_told(step) else ():
        yield f"       {address}: {words}"
    if step.get("draft"):
        yield f"       draft {step['draft']}"


def _is_told(step: dict[str, Any]) -> bool:
    return isinstance(step.get("recipients"), dict)
