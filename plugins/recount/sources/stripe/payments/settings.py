"""What a contract says of the Stripe account that the buyer is paid through."""

from recount.sources.apis import ApiSettings


class StripeSettings(ApiSettings):
    """`subject_key` and `actor_key` are keys of a payment's metadata.

    They name what the payment recovers and who brought it in. Without the first, and on a payment
    that lacks it, the subject is the payment intent; without the second nobody is known.
    """

    subject_key: str | None = None
    actor_key: str | None = None
