"""One rig for each connector that asks an API."""

from tests.faults.rig import Rig
from tests.faults.rigs import zendesk

RIGS: tuple[Rig, ...] = (zendesk.RIG,)
