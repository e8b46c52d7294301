"""What stops a run: each error is one sentence that names the record and says what to do."""


class RecountError(Exception):
    """Stops the run with exit code 2; nothing is published."""


class ContractError(RecountError):
    """The contract cannot be run as it is written."""


class SourceError(RecountError):
    """A source gave data that cannot be trusted."""


class InvoiceMissing(SourceError):
    """The contract names an invoice that is not there (yet)."""


class LandingError(RecountError):
    """The lake holds something else than what a manifest says."""


class ReconcileError(RecountError):
    """The landed data cannot be recounted: a record that no model understands."""


class TransientError(RecountError):
    """A network or a server failed; the same call may succeed later."""


class MailRefused(TransientError):
    """The statement is published, and a mail server surely does not have the mail about it."""
