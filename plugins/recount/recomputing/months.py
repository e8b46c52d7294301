"""A month, recomputed from its evidence: one link group after the other, line by line.

A link group is a subject, or all subjects of a requester where a clause asks for them; nothing
outside of it can decide a verdict in it.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from recount.evaluator import (
    MET,
    NOT_MET,
    PENDING,
    UNVERIFIABLE,
    Candidate,
    Coverage,
    Determination,
    Line,
    Log,
    Periods,
    candidates,
    counted_at,
    determined,
    period_of,
    statuses_of,
)
from recount.recomputing.invoices import Billed, gap_part, line_kinds, line_types
from recount.recomputing.prices import (
    DIGITS,
    MILLIONTH,
    NOTHING,
    Left,
    in_month,
    performance_terms,
    placed,
    rounded,
    tiered,
    value_of,
)

FAR = datetime(9999, 12, 31, tzinfo=UTC)
BASES = ("recounted", "payable", "at_most")
VERDICTS = (MET, NOT_MET, PENDING, UNVERIFIABLE)
OVER_INVOICED = ("duplicate", "unknown_subject", "out_of_scope", "out_of_period", "not_an_outcome")
Row = dict[str, Any]


@dataclass(frozen=True)
class Definition:
    """One outcome as one side counts it: `buyer` decides, `measured` is ours and not billed."""

    outcome: str
    counted_by: str
    terms: Mapping[str, Any]


@dataclass(frozen=True)
class Terms:
    """What a month is recomputed by: its contract, its bounds, and what the sources can show.

    `intervals` are those of each performance term; `boundaries` are by term of a price the last
    outcome of each of its bands, as (price, its place in time), and how many outcomes there are.
    """

    contract: Mapping[str, Any]
    period: str
    as_of: datetime
    minor_units: int
    counts_from: Mapping[str, datetime]
    periods: Periods
    coverage: Mapping[str, Coverage]
    left: Left
    intervals: Mapping[str, Sequence[tuple[datetime, datetime]]]
    boundaries: Mapping[str, Sequence[tuple[Decimal, tuple[datetime, bytes] | None]]]

    @property
    def pricing(self) -> dict[str, Any]:
        """The prices of the month."""
        return in_month(self.contract["pricing"], f"{self.period}-01")

    @property
    def disputes_unverifiable(self) -> bool:
        """Whether what cannot be proven is over-invoiced."""
        return bool(self.contract["settlement"]["unverifiable"] == "dispute")

    def definitions(self) -> Iterator[Definition]:
        """Each outcome as the buyer counts it, and as the vendor says, where it does."""
        for outcome, terms_ in self.contract["outcomes"].items():
            is_billed = outcome in self.contract["pricing"]
            ours = {**terms_, "counts_from": self.counts_from.get(outcome)}
            yield Definition(outcome, "buyer" if is_billed else "measured", ours)
            if is_billed and terms_.get("vendor_says"):
                yield Definition(outcome, "vendor", {**terms_, **terms_["vendor_says"]})


@dataclass(frozen=True)
class Judged:
    """What one definition says of the subjects of a link group, in the period and elsewhere."""

    definition: Definition
    candidates: Sequence[Candidate]
    determinations: Mapping[tuple[str, str], Determination]


class Month:
    """Recomputes a month from its evidence; what it adds up is read when all groups are through."""

    def __init__(self, terms_: Terms, with_subject: Mapping[str, int]) -> None:
        """Begin with nothing; `with_subject` is how many lines of each type name a subject."""
        self.terms, self.with_subject = terms_, with_subject
        self.pricing, self.definitions = terms_.pricing, list(terms_.definitions())
        self.types = line_types(self.pricing)
        self.currency = terms_.contract["currency"]
        self.totals_only: set[str] = set()
        self.verdicts: Counter[tuple[str, str, str, str]] = Counter()
        self.line_totals: dict[tuple[Any, ...], list[Decimal]] = defaultdict(lambda: [NOTHING] * 4)
        self.sums: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
        self.shares: dict[str, list[Counter[str]]] = {
            name: [Counter() for _ in intervals] for name, intervals in terms_.intervals.items()
        }

    def add(self, log: Log, lines: Sequence[Billed]) -> dict[str, list[Row]]:
        """Recompute one link group: all that is known of its subjects, and every line on them.

        The lines without a subject come first, as a group of their own. Returns the rows of
        candidates, clause_verdicts, determinations and reconciliation_lines.
        """
        judged = [self._judged(definition, log) for definition in self.definitions]
        rows: dict[str, list[Row]] = {
            "candidates": [], "clause_verdicts": [], "determinations": [],
        }  # fmt: skip
        for each in judged:
            self._add_candidates(each, rows)
            self._add_determinations(each, rows)
        rows["reconciliation_lines"] = list(self._placed(judged, log, lines))
        return rows

    def _judged(self, definition: Definition, log: Log) -> Judged:
        found = {
            (c.event.subject_id, c.event.event_id, c.event.occurred_at): c
            for c in candidates(definition.terms, log)
        }
        of = determined(definition.terms, found.values(), self.terms.periods)
        return Judged(definition, list(found.values()), of)

    def _add_candidates(self, judged: Judged, rows: dict[str, list[Row]]) -> None:
        definition = judged.definition
        side = {"outcome": definition.outcome, "counted_by": definition.counted_by}
        for each in judged.candidates:
            counted = counted_at(definition.terms, each)
            if period_of(counted, self.terms.periods) != self.terms.period:
                continue
            of = {
                **side, "subject_id": each.event.subject_id,
                "candidate_event_id": each.event.event_id, "concluded_at": each.event.occurred_at,
            }  # fmt: skip
            by = definition.outcome, definition.counted_by
            self.verdicts[*by, "candidate", each.verdict] += 1
            rows["candidates"].append(of | {"verdict": each.verdict, "reason": each.reason})
            rows["clause_verdicts"] += [
                of
                | {"clause_number": number, "clause": name, "verdict": clause.verdict}
                | {"deciding_event_id": clause.event_id, "window_ends_at": clause.window_ends_at}
                for number, (name, clause) in enumerate(each.clauses.items(), start=1)
            ]

    def _add_determinations(self, judged: Judged, rows: dict[str, list[Row]]) -> None:
        definition = judged.definition
        for (subject_id, period), each in judged.determinations.items():
            if period != self.terms.period:
                continue
            of = definition.outcome, definition.counted_by
            self.verdicts[*of, "determination", each.verdict] += 1
            if definition.counted_by != "vendor":
                counted = counted_at(definition.terms, each.candidate)
                self._add_share(definition.outcome, counted, each.verdict)
            rows["determinations"].append({
                "outcome": of[0], "counted_by": of[1], "subject_id": subject_id,
                "verdict": each.verdict, "reason": each.reason,
                "candidate_event_id": each.candidate.event.event_id,
                "concluded_at": each.candidate.event.occurred_at,
            })  # fmt: skip

    def _add_share(self, outcome: str, counted: datetime, verdict: str) -> None:
        for name, term in performance_terms(self.pricing).items():
            if term["of"] == outcome:
                intervals = self.terms.intervals[name]
                number = bisect_right(intervals, (counted, FAR)) - 1
                if number >= 0 and counted < intervals[number][1]:
                    self.shares[name][number][verdict] += 1

    # --- lines and what no line claims

    def _placed(self, judged: list[Judged], log: Log, lines: Sequence[Billed]) -> Iterator[Row]:
        kinds = line_kinds(lines, self.types, self.with_subject)
        in_order = sorted(zip(lines, kinds, strict=True), key=lambda pair: pair[0].number)
        self.totals_only |= {line.outcome for line, kind in in_order if kind == "unattributed"}
        ours = {j.definition.outcome: j for j in judged if j.definition.counted_by == "buyer"}
        by_vendor = {j.definition.outcome: j for j in judged if j.definition.counted_by == "vendor"}
        for outcome, of in ours.items():
            billed = [ln for ln, kind in in_order if kind == "outcome" and ln.outcome == outcome]
            yield from self._reconciled(of, by_vendor.get(outcome), log, billed)
        for line, kind in in_order:
            if kind != "outcome":
                yield self._counted(_row(line.outcome, line.subject_id, kind, line))
                if kind in ("usage", "unattributed"):
                    self.sums[line.outcome, kind] += line.quantity

    def _reconciled(
        self, judged: Judged, by_vendor: Judged | None, log: Log, billed: Sequence[Billed]
    ) -> Iterator[Row]:
        """Yield each line of an outcome, and each met determination that no line claims."""
        outcome, period = judged.definition.outcome, self.terms.period
        of_period = {
            subject_id: each
            for (subject_id, name), each in judged.determinations.items()
            if name == period
        }
        worth = {s: self._worth(outcome, each, log) for s, each in of_period.items()}
        statuses = statuses_of(
            judged.definition.terms,
            lambda subject_id: worth[subject_id].unit_prices,
            [Line(line.line_id, str(line.subject_id), self._price_of(line)) for line in billed],
            log, judged.determinations, period,
        )  # fmt: skip
        first: dict[str, Row] = {}
        for line, (status, _) in zip(billed, statuses, strict=True):
            subject_id = str(line.subject_id)
            of = None if subject_id in first else of_period.get(subject_id)
            row = _row(outcome, subject_id, "outcome", line) | {"match_status": status}
            self._explained(row, of, worth.get(subject_id) if of else None, by_vendor, judged)
            same = first.setdefault(subject_id, row)
            # what is billed again is what the first line of the subject bills
            yield row | {name: same[name] for name in ("concluded_at", "candidate_event_id")}
        for subject_id in sorted(of_period.keys() - first.keys()):
            of = of_period[subject_id]
            row = _row(outcome, subject_id, "recount", None)
            if of.verdict == MET and outcome not in self.totals_only:
                row["match_status"] = "not_invoiced"
            placed_ = self._explained(row, of, worth[subject_id], by_vendor, judged)
            if of.verdict == MET:
                yield placed_

    def _price_of(self, line: Billed) -> Decimal:
        """What a line says that each costs; of a share of value, what it bills altogether."""
        is_share = "percent_of_value" in self.pricing[line.outcome]
        return line.amount if is_share or line.unit_price is None else line.unit_price

    def _worth(self, outcome: str, of: Determination, log: Log) -> "Worth":
        """What the contract charges for a determination, at its place in the month."""
        subject = log.subjects[of.subject_id]
        term = tiered(self.pricing, outcome, subject.attributes.get("tier"))
        if term is None:
            return Worth(None, frozenset(), None, None)
        name, price = term
        concluding = of.candidate.event
        if "percent_of_value" in price:
            value = value_of(price, concluding, log, self.currency)
            with localcontext(prec=DIGITS):
                share = Decimal(price["percent_of_value"]) / 100
                exact = None if value is None else value * share
                prices = frozenset() if exact is None else {rounded(exact, self.terms.minor_units)}
                each = None if exact is None else exact.quantize(MILLIONTH, ROUND_HALF_UP)
            return Worth(name, frozenset(prices), each if of.verdict == MET else None, value)
        prices = {band.each for band in placed(self.pricing, price, self.terms.left)}
        each = self._at_place(name, concluding.order) if of.verdict == MET else None
        return Worth(name, frozenset(prices), each, None)

    def _at_place(self, term: str, order: tuple[datetime, bytes]) -> Decimal:
        """Find the band that holds an outcome, and count it there: all are compared in the end."""
        boundaries = self.terms.boundaries.get(term, ())
        for number, (each, last) in enumerate(boundaries):
            if last is None or order <= last:
                self.sums[term, f"band {number}"] += 1
                return each
        self.sums[term, "band beyond"] += 1
        return NOTHING

    def _explained(
        self,
        row: Row,
        of: Determination | None,
        worth: "Worth | None",
        by_vendor: Judged | None,
        judged: Judged,
    ) -> Row:
        """Add to a line or an outcome without one what the contract says of it, and count it."""
        status, subject_id = row["match_status"], row["subject_id"]
        if status == "not_an_outcome":
            row["reason"] = (of.reason if of else None) or "not_concluded"
        elif status in (PENDING, UNVERIFIABLE):
            row["reason"] = of.reason if of else None
        candidate = of.candidate if of else None
        if status == "out_of_period":
            own = [c for c in judged.candidates if c.event.subject_id == subject_id]
            candidate = min(own, key=lambda each: each.event.order)
        if candidate:
            row["concluded_at"] = candidate.event.occurred_at
            row["candidate_event_id"] = candidate.event.event_id
        if of and row["reason"] in of.candidate.clauses:
            row["deciding_event_id"] = of.candidate.clauses[row["reason"]].event_id
        says = by_vendor and by_vendor.determinations.get((subject_id, self.terms.period))
        is_by_vendor = by_vendor is None or bool(says and says.verdict == MET)
        is_met = bool(of and of.verdict == MET)
        row["gap_part"] = gap_part(row["line_kind"], status, is_met, is_by_vendor)
        if worth and worth.each is not None:
            row["unit_price_contract"] = row["amount_recounted"] = worth.each
        if of and worth:
            self._add_quantities(row, of.verdict, worth)
        return self._counted(row) if row["line_kind"] == "outcome" or is_met else row

    def _add_quantities(self, row: Row, verdict: str, worth: "Worth") -> None:
        """Add a determination to what its term charges, on each basis."""
        status, outcome = row["match_status"], row["outcome"]
        can_be_charged = verdict in (MET, PENDING) or (
            verdict == UNVERIFIABLE and not self.terms.disputes_unverifiable
        )
        is_payable = status in ("agreed", "wrong_price", PENDING) or (
            (status == UNVERIFIABLE and not self.terms.disputes_unverifiable)
            or (status == "not_invoiced" and self.terms.contract["rights"]["set_off"])
        )
        is_in_total = row["line_kind"] == "recount" and outcome in self.totals_only
        is_claimable = is_in_total and can_be_charged
        bases = {
            "met": verdict == MET, "chargeable": can_be_charged, "payable": is_payable,
            "claimable": is_claimable,
        }  # fmt: skip
        for basis, belongs in bases.items():
            if belongs and worth.term is not None:
                self.sums[worth.term, basis] += 1
                self.sums[worth.term, f"{basis} value"] += worth.value or NOTHING
        self.sums[outcome, "listed payable"] += is_payable
        self.sums[outcome, "claimable in total"] += is_claimable
        self.sums[outcome, "claimable met"] += is_claimable and verdict == MET
        if status == "wrong_price" and "percent_of_value" in self.pricing[outcome]:
            over = row["amount_invoiced"] - (worth.each or NOTHING)
            self.sums[outcome, "value over"] += max(over, NOTHING) if worth.each is not None else 0

    def _counted(self, row: Row) -> Row:
        """Add a line to the totals."""
        key = ("outcome", "line_kind", "match_status", "reason", "gap_part")
        invoiced = row["amount_invoiced"] or NOTHING
        is_ours = row["line_kind"] == "recount"
        of_gap = -row["amount_recounted"] if is_ours else invoiced if row["gap_part"] else NOTHING
        added = (1, row["quantity"], invoiced, of_gap)
        total = self.line_totals[tuple(row[name] for name in key)]
        total[:] = [before + more for before, more in zip(total, added, strict=True)]
        return row


@dataclass(frozen=True)
class Worth:
    """What a determination costs: its term, the unit prices that a line may have, and its own."""

    term: str | None
    unit_prices: frozenset[Decimal]
    each: Decimal | None
    value: Decimal | None


def _row(outcome: str, subject_id: str | None, kind: str, line: Billed | None) -> Row:
    """A line of the reconciliation that nothing is known of yet."""
    return {
        "outcome": outcome, "line_kind": kind, "match_status": None, "reason": None,
        "gap_part": gap_part(kind, None, False, False),
        "invoice_id": line and line.invoice_id, "line_id": line and line.line_id,
        "line_number": line and line.number, "subject_id": subject_id,
        "concluded_at_invoiced": line and line.concluded_at,
        "concluded_at": None, "candidate_event_id": None, "deciding_event_id": None,
        "quantity": line.quantity if line else Decimal(1),
        "unit_price_invoiced": line and line.unit_price, "unit_price_contract": None,
        "amount_invoiced": line and line.amount, "amount_recounted": NOTHING,
    }  # fmt: skip
