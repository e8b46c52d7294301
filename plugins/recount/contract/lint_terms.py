"""Lints about what the contract commits to, and about the rights that an audit needs."""

from collections.abc import Iterator
from datetime import timedelta

from recount.contract.business_days import in_words
from recount.contract.confusable import oddity
from recount.contract.lint_parts import Lint, Shows, Spotted
from recount.contract.model import Contract
from recount.contract.times import format_duration
from recount.contract.tree import Where

_LONGEST_COMMITMENT = timedelta(days=30)
_RIGHTS = {
    "reclassify": "without it the buyer can only ask, and not correct the invoice",
    "raw_event_export": "without it the vendor's count cannot be computed again",
    "counterfactual_replay": "without it a month cannot be shown under other terms",
}


def long_commitment(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """What binds longer than a month cannot be left when the count goes wrong."""
    if contract.exit:
        where, bound = "exit", contract.exit.notice
    elif contract.effective.until is None:
        where, bound = "effective", None
    else:
        where, bound = "effective", contract.effective.until - contract.effective.from_
    if bound is None or bound > _LONGEST_COMMITMENT:
        length = "without an end" if bound is None else f"for {format_duration(bound)}"
        because = f"the buyer is bound {length}; agree on an exit with notice: 30 days or less"
        yield Spotted("long_commitment", (where,), because)


def missing_right(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A count that nobody may act on or compute again is no remedy."""
    for right, meaning in _RIGHTS.items():
        if not getattr(contract.rights, right):
            because = f"the right {right} is missing: {meaning}; agree on it"
            yield Spotted("missing_right", ("rights", right), because)


def missing_data_right(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """What the agent learnt from the buyer should not stay with the vendor."""
    for data in ("workflow_logs", "transcripts", "fine_tuning_data"):
        if data not in contract.data_rights:
            because = f"the vendor need not hand over {data}; agree on it under data_rights"
            is_note = data == "fine_tuning_data"
            where = ("data_rights", data)
            yield Spotted("missing_data_right", where, because, "note" if is_note else "finding")


def dispute_window_too_short(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A right to dispute that ends before a month is final is worth nothing."""
    settlement = contract.settlement
    time, least = settlement.dispute_within, settlement.least_time_for_a_dispute
    if time is None or least is None:
        return
    decided_after = max(settlement.final_after, _longest_window(contract))
    if least < decided_after:
        because = (
            f"disputes end {in_words(time)} after the invoice, and a "
            f"month is final after {format_duration(decided_after)}; agree on at least as long"
        )
        yield Spotted("dispute_window_too_short", ("settlement", "dispute_within"), because)


def not_signed(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """Both sides should have agreed to the version that accuses one of them."""
    for party in ("buyer", "vendor"):
        if not any(signatory.party == party for signatory in contract.signatories):
            because = f"nobody signed for the {party}; add the person under signatories"
            yield Spotted("not_signed", ("signatories",), because, "note")


def not_written_down(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """Only what stands in the contract can be quoted when the two sides differ."""
    for section, what in (
        ("method", "how it is measured"),
        ("verification", "how each side checks the count"),
    ):
        if not getattr(contract, section):
            because = f"nobody wrote down {what}; add a sentence of it under {section}"
            yield Spotted("not_written_down", (section,), because, "note")


def no_vendor_address(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """A notice needs somebody to go to."""
    if not contract.notify.vendor:
        because = "a notice cannot be sent to anybody; add the vendor's address under notify.vendor"
        yield Spotted("no_vendor_address", ("notify", "vendor"), because, "note")


def confusable_text(contract: Contract, shows: Shows) -> Iterator[Spotted]:
    """Texts that are compared must be what they look like."""
    for where, text in _compared_texts(contract):
        if what := oddity(text):
            yield Spotted("confusable_text", where, f"{text!a} {what}; write it plainly")


def _longest_window(contract: Contract) -> timedelta:
    lengths = [
        clause.pattern.window.length
        for outcome in contract.outcomes.values()
        for clause in outcome.clauses.values()
    ]
    return max((length for length in lengths if length), default=timedelta(0))


def _compared_texts(contract: Contract) -> Iterator[tuple[Where, str]]:
    for party in ("buyer", "vendor"):
        yield ("parties", party), getattr(contract.parties, party)
    for actor_type, actors in contract.actors.items():
        for number, actor in enumerate(actors):
            yield ("actors", actor_type, number, "id"), actor.id
    for name, outcome in contract.outcomes.items():
        filters = outcome.scope.model_dump(exclude={"attributes"}, exclude_none=True)
        for attribute, values in (filters | outcome.scope.attributes).items():
            for value in values:
                yield ("outcomes", name, "scope", attribute), str(value)


TERM_LINTS: tuple[Lint, ...] = (
    long_commitment,
    missing_right,
    missing_data_right,
    dispute_window_too_short,
    not_signed,
    not_written_down,
    no_vendor_address,
    confusable_text,
)
