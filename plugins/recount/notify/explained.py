"""Match statuses and reasons in words."""

from collections.abc import Mapping

from recount.notify.figures import ReasonRow
from recount.notify.letterhead import Letterhead

STATUS_WORDS: Mapping[str, str] = {
    "agreed": "Agreed",
    "duplicate": "Billed more than once",
    "unknown_subject": "Not in our records",
    "out_of_scope": "Outside the contract's scope",
    "out_of_period": "Belongs to another month",
    "not_an_outcome": "Not an outcome",
    "wrong_price": "Another price than the contract's",
    "unverifiable": "Cannot be verified",
    "pending": "Can still change",
    "not_invoiced": "An outcome, but not invoiced",
    "unattributed": "Billed in total, without subjects",
}
# of lines that are not reconciled subject by subject
KIND_WORDS: Mapping[str, str] = {
    "fee": "A fee",
    "discount": "Less money for as many outcomes",
    "reversed": "Billed and taken back",
    "recount": "An outcome, compared in total",
    "unknown": "Of a type that the contract does not name",
}
_STATUS_DETAILS: Mapping[str, str] = {
    "duplicate": "An earlier line of the invoice already has it.",
    "unknown_subject": "Our log has no event of it.",
    "out_of_scope": "The contract does not bill this kind or part of our work.",
    "out_of_period": "It was concluded in a month that another invoice is for.",
    "wrong_price": "It is an outcome; only what exceeds the contract's price is off.",
    "not_invoiced": "By our own count it happened, and no line is for it.",
    "unattributed": "The invoice names a total and no subjects, so the totals are compared.",
}
_REASON_DETAILS: Mapping[str, str] = {
    "not_concluded": "Our log shows nothing that concludes it as the contract says.",
    "counted_before": "It was counted in an earlier month; the contract counts it once.",
    "before_milestone": "It was concluded before the milestone from which the contract charges it.",
}
_REASON_TITLES: Mapping[str, str] = {
    "not_concluded": "never concluded",
    "counted_before": "counted before",
    "before_milestone": "before its milestone",
}


def title(row: ReasonRow) -> str:
    """Say in a few words why lines stand apart: `Not an outcome: clause stayed_solved`."""
    words = STATUS_WORDS[row.status]
    if not row.reason:
        return words
    if row.status != "not_an_outcome":
        return f"{words}: clause {row.reason}"
    return f"{words}: {_REASON_TITLES.get(row.reason, f'clause {row.reason} is not met')}"


def detail(row: ReasonRow, letterhead: Letterhead) -> str:
    """Say what the contract asks for where a clause decided, else what the status means."""
    terms = letterhead.outcomes.get(row.outcome)
    clause = terms.clauses.get(row.reason or "") if terms else None
    return clause or _REASON_DETAILS.get(row.reason or "") or _STATUS_DETAILS.get(row.status, "")
