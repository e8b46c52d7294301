"""Does this month's data fit to accuse somebody? SQL counted, the expectations judge.

`judge` never stops a run: what is not as expected is a finding, and one of severity `hold` makes
`decide` hold. `docs_page` shows an auditor every expectation that was judged, met or not.
"""

from recount.guard.confusable import confusable_ids, confusable_line_numbers, skeleton
from recount.guard.findings import Finding, Judgement, Outcome, Validation
from recount.guard.judging import judge
from recount.guard.page import docs_page
from recount.guard.reading import ExpectationError

__all__ = [
    "ExpectationError",
    "Finding",
    "Judgement",
    "Outcome",
    "Validation",
    "confusable_ids",
    "confusable_line_numbers",
    "docs_page",
    "judge",
    "skeleton",
]
