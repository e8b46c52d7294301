"""One rig for each connector that asks an API."""

from tests.faults.rig import Rig
from tests.faults.rigs import (
    freshdesk,
    hubspot,
    intercom,
    jira,
    salesforce,
    servicenow,
    stripe,
    zendesk,
)

RIGS: tuple[Rig, ...] = (
    freshdesk.WRITTEN,
    freshdesk.ACTS,
    hubspot.RIG,
    intercom.RIG,
    jira.RIG,
    salesforce.RIG,
    servicenow.RIG,
    stripe.RIG,
    zendesk.RIG,
)
