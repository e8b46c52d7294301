"""What the outcomes of a contract and their prices must say of each other."""

from collections.abc import Mapping
from datetime import timedelta

from recount.contract.definitions import Outcome
from recount.contract.part import refuse
from recount.contract.pricing import OutcomePrice, Pricing
from recount.contract.times import format_duration
from recount.contract.vocabulary import unknown


def check(outcomes: Mapping[str, Outcome], pricing: Pricing) -> None:
    """Raise the error for the first price that does not fit its outcome."""
    for name, price in pricing.outcomes.items():
        _fits_tiers(name, outcomes[name], price)
        _fits_windows(name, outcomes[name], price)
    if not pricing.outcomes:
        because = "none of the outcomes has a price, so that nothing could be invoiced; add one"
        raise refuse(because, "pricing")
    _fits_credits(pricing)
    for beside in ("usage", "performance"):
        for name in getattr(pricing, beside):
            if name in outcomes or name in Pricing.model_fields:
                because = f"{name} has a price already; give it another name"
                raise refuse(because, "pricing", beside, name)
    for name, term in pricing.performance.items():
        if name in pricing.usage:
            because = f"{name} has a price already; give it another name"
            raise refuse(because, "pricing", "performance", name)
        _is_of_an_outcome(term.of, outcomes, "performance", name)
    if pricing.escrow:
        _is_of_an_outcome(pricing.escrow.of, outcomes, "escrow")
    _fits_milestones(pricing)


def _is_of_an_outcome(of: str, outcomes: Mapping[str, Outcome], *keys: str) -> None:
    if of not in outcomes:
        because = unknown(of, outcomes, "outcome of the contract")
        raise refuse(because, "pricing", *keys, "of")


def _fits_milestones(pricing: Pricing) -> None:
    """What is opened has to be charged, and by one milestone only."""
    known = [*pricing.outcomes, *pricing.usage]
    known += ["platform_fee"] if pricing.platform_fee is not None else []
    known += ["monthly_floor"] if pricing.monthly and pricing.monthly.floor is not None else []
    opened: set[str] = set()
    for milestone, terms in pricing.milestones.items():
        keys = "pricing", "milestones", milestone, "opens"
        for name in terms.opens:
            if name not in known:
                raise refuse(unknown(name, known, "thing that the contract charges"), *keys)
            if name in opened:
                raise refuse(f"{name} is opened twice; leave it to one milestone", *keys)
            opened.add(name)


def _fits_credits(pricing: Pricing) -> None:
    """What draws credits needs some to draw, and they somebody who does."""
    drawing = [keys for keys, price in pricing.prices if price.credits is not None]
    if drawing and pricing.credits is None:
        because = "no credits were bought; add credits: {bought: [...], each: ...} under pricing"
        raise refuse(because, "pricing", *drawing[0], "credits")
    if pricing.credits and not drawing:
        because = 'nothing draws them; give an outcome or a usage a price of {credits: "20"}'
        raise refuse(because, "pricing", "credits")
    for keys, price in pricing.prices:
        if price.credits and pricing.credits:
            beyond = price.credits * pricing.credits.each
            if beyond != round(beyond, 6):
                because = f"a unit beyond the credits costs {beyond}, of more than 6 decimals"
                raise refuse(f"{because}; correct one", "pricing", *keys, "credits")


def _fits_tiers(name: str, outcome: Outcome, price: OutcomePrice) -> None:
    """A subject of a tier that has no price could not be charged; of one in no scope, never is."""
    if price.by_tier is None:
        return
    in_scope, priced = outcome.scope.tier or (), list(price.by_tier)
    if set(in_scope) != set(priced):
        because = f"prices by tier need the same tiers in scope; write tier: [{', '.join(priced)}]"
        raise refuse(because, "outcomes", name, *(("scope", "tier") if in_scope else ()))


def _fits_windows(name: str, outcome: Outcome, price: OutcomePrice) -> None:
    """What is taken off must be known before the outcome is."""
    if price.net_of is None:
        return
    windows = [clause.pattern.within for clause in outcome.clauses.values()]
    longest = max((window for window in windows if window), default=timedelta(0))
    if price.net_of.within > longest:
        because = (
            f"{format_duration(price.net_of.within)} is longer than every clause of {name} waits, "
            "so that what is taken off would come after the outcome; shorten it, or add a clause"
        )
        raise refuse(because, "pricing", name, "net_of", "within")
