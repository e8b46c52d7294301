"""The decision in finance's words: what is decided, because of what, and the one thing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from recount.money import written
from recount.notify.delivery import Delivery
from recount.notify.figures import ReasonRow, over_invoiced_phrase, total
from recount.notify.letterhead import Letterhead
from recount.notify.notice_advice import notice_steps
from recount.notify.wording import count, day, grouped, instant, money, sentence
from recount.periods import parse_instant


@dataclass(frozen=True)
class Advice:
    """What finance reads first: a headline, its because, the one thing to do, and a remark."""

    headline: str
    because: str
    to_do: str
    remark: str = ""


def advise(
    statement: Mapping[str, Any],
    rows: Sequence[ReasonRow],
    letterhead: Letterhead,
    notice: Delivery | None,
) -> Advice:
    """Say what the statement's decision means for the person who pays."""
    case = _Case(statement, rows, letterhead, notice)
    if is_correction(statement):
        return case.correction()
    if not letterhead.invoice_ids and case.is_only_uninvoiced:
        return case.expected_charge()
    if statement["decision"] == "hold":
        return case.held() if case.holding else case.provisional()
    advice = {"pay": case.pay, "dispute": case.dispute, "query": case.query}[
        statement["decision"]
    ]()
    return replace(advice, remark=" ".join(filter(None, (advice.remark, case.escrow()))))


def is_correction(statement: Mapping[str, Any]) -> bool:
    """Say whether a month that was settled comes to other amounts now."""
    changes = (statement["corrects"] or {}).get("amounts") or {}
    return any(Decimal(change) for change in changes.values())


@dataclass(frozen=True)
class _Case:
    statement: Mapping[str, Any]
    rows: Sequence[ReasonRow]
    letterhead: Letterhead
    notice: Delivery | None

    @property
    def holding(self) -> list[Mapping[str, Any]]:
        return [found for found in self.statement["findings"] if found["severity"] == "hold"]

    @property
    def is_above_terms(self) -> bool:
        """Is more billed for the same count than the contract's terms make of it?"""
        return any(found["rule"] == "billed_above_terms" for found in self.statement["findings"])

    @property
    def is_only_uninvoiced(self) -> bool:
        """Nothing stands in the way but that there is no invoice (with lines) to decide on."""
        return all(found["rule"] == "invoice_missing" for found in self.holding)

    def pay(self) -> Advice:
        """Within tolerance: the vendor's count stands."""
        because = "No line is over-invoiced, so there is nothing to object to."
        if self.is_above_terms:
            because = "No line is over-invoiced, so that the vendor's count stands for this month."
        if Decimal(self.statement["over_invoiced"]["amount"]):
            because = (
                f"{self._over()}, which is within the tolerance of {self.letterhead.tolerance}. "
                "The vendor's count stands for this month."
            )
        to_do = f"Pay {self._money('pay_now')} {self._due()}."
        remark = (
            f"The contract's own prices, fees and limits make less of the same count: ask "
            f"{self.letterhead.vendor} to correct the invoice{self._dispute_by()}."
            if self.is_above_terms
            else ""
        )
        return Advice(f"Pay {self._money('pay_now')}", because, to_do, remark)

    def dispute(self) -> Advice:
        """Above tolerance, with the right to reclassify: our count is the billing source."""
        because = (
            f"{self._over()}, more than the tolerance of {self.letterhead.tolerance}. "
            "The contract then makes our own count the billing source for this month."
        )
        headline = f"Dispute {self._money('disputed')}, pay {self._money('pay_now')}"
        pay = f"Pay {self._money('pay_now')} {self._due()}"
        to_do, remark = notice_steps(
            self.notice,
            self.letterhead,
            pay=pay,
            book=f"book {self._money('disputed')} as disputed",
        )
        return Advice(headline, because, to_do, remark)

    def query(self) -> Advice:
        """A question and no claim: there is no right to reclassify, or lines cannot be verified."""
        vendor, is_above = self.letterhead.vendor, self.statement["is_above_tolerance"]
        about = self._money("reserved") if is_above else self._unverifiable()
        because = (
            f"{self._over()}, against a tolerance of {self.letterhead.tolerance}. The contract "
            "gives no right to bill by our own count, so this is a question and not a claim."
            if is_above
            else f"{self._unverifiable()}; the contract says to ask about such lines."
        )
        reserve = self.statement["amounts"]["reserved"]
        under = f", under reservation of {self._money('reserved')}" if Decimal(reserve) else ""
        pay = f"Pay {self._money('pay_now')} {self._due()}{under}"
        to_do, remark = notice_steps(
            self.notice, self.letterhead, pay=pay, book="wait for the answer", called="query"
        )
        return Advice(f"Ask {vendor} about {about}", because, to_do, remark)

    def escrow(self) -> str:
        """What of the payment goes into escrow, and what comes out of it for the vendor."""
        moved = self.statement.get("balances", {}).get("escrow")
        if not moved:
            return ""
        opening, withheld, released = (
            Decimal(moved[name]) for name in ("opening", "withheld", "released")
        )
        vendor, currency = self.letterhead.vendor, self.statement["currency"]
        if released:
            held = f", and release the {money(str(opening), currency)} in it to {vendor} as well"
            because = "its share is reached"
            return f"Hold nothing back for the escrow{held if opening else ''}: {because}."
        goes = f"Of that, {money(str(withheld), currency)} goes into escrow and not to {vendor}."
        return goes if withheld else ""

    def held(self) -> Advice:
        """A finding says that the figures are not fit to accuse anybody."""
        number = len(self.holding)
        which = "the finding below" if number == 1 else f"the {grouped(number)} findings below"
        more = "" if number == 1 else f" There {_more(number - 1)}."
        to_do = (
            f"Do not approve this invoice yet: have {which} cleared by those who run "
            f"Recount{self._dispute_by()}, and the month is counted again."
        )
        headline = "Hold the invoice: the figures are not fit to decide on"
        return Advice(headline, f"{sentence(self.holding[0]['because'])}{more}", to_do)

    def provisional(self) -> Advice:
        """The month is still open: accrue, reserve, claim nothing."""
        headline = f"Hold: the count is provisional until at least {self._final_on()}"
        to_do = (
            f"Pay no more than {self._money('pay_now')} for now and keep "
            f"{self._money('reserved')} in reserve. Claim nothing yet."
        )
        return Advice(headline, self._still_open(), to_do, self._deadline_comes_first())

    def expected_charge(self) -> Advice:
        """There is nothing to pay yet: say what the month comes to by our own count.

        What is owed is booked in full until it is known to be less.
        """
        at_most, recounted = self._money("at_most"), self._money("recounted")
        is_open = self.statement["kind"] == "provisional"
        costs = f"{recounted} so far, and {at_most} at most" if is_open else at_most
        still = self._still_open() if is_open else "Nothing of it can change."
        return Advice(
            f"Accrue {at_most}: there is no invoice yet",
            f"By our own count the month comes to {costs}. {still}",
            f"Book an accrual of {at_most}. There is nothing to pay or to dispute.",
        )

    def correction(self) -> Advice:
        """What arrived after a month was settled changes it; nothing was undone by that."""
        corrects = self.statement["corrects"]
        settled_on = day(self.letterhead.local_day(parse_instant(corrects["as_of"])))
        now, changes = self.statement["amounts"], corrects["amounts"]
        told = [
            f"{name} comes to {self._money(name)}, {self._change(changes[name])}"
            for name in ("invoiced", "recounted", "disputed")
            if Decimal(changes[name])
        ]
        because = (
            f"The month was settled by what was known on {settled_on}, and that stands. By what "
            f"has arrived since, what is {'; what is '.join(told)}."
        )
        headline = f"Correction: {self._change(changes['recounted'])} recounted"
        if not Decimal(changes["recounted"]):
            headline = f"Correction: {self._change(changes['disputed'])} disputed"
        state = self.notice.state if self.notice else ""
        pay = "Pay nothing more and nothing less for this month until that is done"
        if state and (Decimal(now["disputed"]) or state == "amendment_drafted"):
            to_do, remark = notice_steps(
                self.notice, self.letterhead, pay=pay, book=f"book {self._money('disputed')}"
            )
            return Advice(headline, because, to_do, remark)
        if Decimal(changes["disputed"]) < 0:
            to_do = f"Book {self._change(changes['disputed'])} disputed: it is no longer claimed."
            return Advice(headline, because, to_do)
        return Advice(headline, because, "Nothing: the vendor's count stands for this month.")

    def _change(self, amount: str) -> str:
        sign = "less" if Decimal(amount) < 0 else "more"
        return f"{money(str(abs(Decimal(amount))), self.statement['currency'])} {sign}"

    def _still_open(self) -> str:
        pending = sum(o["determinations"]["pending"] for o in self.statement["outcomes"].values())
        if not pending:
            return f"Nothing is pending, but late records may come in until {self._final_on()}."
        until = self.letterhead.pending_until
        decided = f" The last of them is decided by {instant(until)}." if until else ""
        return (
            f"{count(pending, 'subject')} of the month can still change, because the time that "
            f"the contract allows for them has not run out.{decided}"
        )

    def _over(self) -> str:
        said = over_invoiced_phrase(self.statement, self.rows, self.letterhead)
        return f"{said[0].upper()}{said[1:]}"

    def _unverifiable(self) -> str:
        rows = [row for row in self.rows if row.group == "unverifiable"]
        number = sum(row.count for row in rows)
        amount = written(total(rows), self.letterhead.minor_units)
        worth = money(amount, self.statement["currency"])
        return f"{count(number, 'line')} worth {worth} that cannot be verified"

    def _money(self, name: str) -> str:
        return money(self.statement["amounts"][name], self.statement["currency"])

    def _due(self) -> str:
        on = self.letterhead.due_on
        return f"by {day(on)}" if on else "when it falls due (the invoice names no date)"

    def _dispute_by(self) -> str:
        by = self.letterhead.dispute_by
        return f" by {day(by)}" if by else ""

    def _final_on(self) -> str:
        return day(self.letterhead.local_day(self.letterhead.final_from))

    def _deadline_comes_first(self) -> str:
        letterhead = self.letterhead
        by, final_on = letterhead.dispute_by, letterhead.local_day(letterhead.final_from)
        if by is None or by >= final_on:
            return ""
        return (
            f"The contract's time for disputes ends on {day(by)}, before the count can be final: "
            "reserve your rights in writing by then."
        )


def _more(number: int) -> str:
    return "is 1 more finding that holds" if number == 1 else f"are {number} more that hold"
