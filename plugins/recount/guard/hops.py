"""The hops of a record from its source to the statement, as the expectations are grouped."""

from collections.abc import Mapping
from typing import Literal

Hop = Literal["land", "stage", "classify", "reconcile"]

HOPS: Mapping[Hop, str] = {
    "land": "Landed: what came is what was kept, and it was read whole",
    "stage": "Staged: the log shows what the contract asks about",
    "classify": "Classified: every candidate has its verdicts",
    "reconcile": "Reconciled: every line and every determination is placed once",
}
