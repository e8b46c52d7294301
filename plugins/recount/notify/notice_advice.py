"""What finance does about the dispute notice, by where it stands."""

from recount.notify.delivery import Delivery
from recount.notify.letterhead import Letterhead
from recount.notify.wording import day, listed


def notice_steps(
    notice: Delivery | None,
    letterhead: Letterhead,
    *,
    pay: str,
    book: str,
    called: str = "dispute notice",
) -> tuple[str, str]:
    """Return the one thing to do and the remark on it; `pay` and `book` are what goes with it.

    `called` is what the notice is: a dispute or a query.
    """
    by = f" by {day(letterhead.dispute_by)}" if letterhead.dispute_by else ""
    vendor, state = letterhead.vendor, notice.state if notice else "drafted"
    if state == "drafted" and not letterhead.vendor_addresses:
        to_do = f"Send the {called} to {vendor} yourself{by}."
        return to_do, f"The contract names no address of {vendor}. {pay}."
    if state == "drafted":
        to_do = f"Approve the {called}{by}."
        return to_do, f"It is a draft that waits; {vendor} has not been told anything. {pay}."
    if state == "approved":
        return _unsent(notice.because if notice else "", by, pay, called)
    if state == "send_unknown":
        to_do = f"Ask {vendor} whether the {called} arrived{by}."
        unknown = "The connection broke while it was sent; it is not sent again by itself."
        return to_do, f"{unknown} {pay}."
    if state == "amendment_drafted":
        to_do = f"Read the amendment to the {called}{by}."
        return to_do, f"The figures changed after it was sent; nothing more was sent. {pay}."
    if state == "withdrawn":
        return f"{pay}.", f"The {called} was withdrawn; nothing is sent."
    to = listed(notice.accepted if notice else ())
    return f"{pay} and {book}.", f"The {called} went to {to or vendor}."


def _unsent(because: str, by: str, pay: str, called: str) -> tuple[str, str]:
    if because:
        to_do = f"{pay}, and see that the {called} goes out{by}."
        return to_do, f"It could not be sent: {because}. The next run tries again."
    to_do = f"Send the {called} from the outbox{by}."
    return to_do, f"It is ready, and no mail server is connected. {pay}."
