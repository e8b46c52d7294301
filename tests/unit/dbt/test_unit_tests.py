"""dbt's own unit tests, which the build of a month leaves out, and a build over nothing."""

from typing import Any

from recount.sources import SYSTEMS

# An event log is always built, and what an invoice says is of no system.
TAGGED = {*SYSTEMS} - {"event_log"}

# What decides a verdict, a status or an amount; each of these models needs unit tests.
DECIDING = {
    "evidence_events", "event_coverage",
    "int_candidate_verdicts", "int_candidates", "int_charges", "int_clause_coverage",
    "int_clause_evidence", "int_clause_verdicts", "int_clause_windows", "int_concluding_events",
    "int_coverage", "int_credits_drawn", "int_determinations", "int_invoice_lines",
    "int_invoiced_subjects",
    "int_judged_subjects", "int_linked_events", "int_matches", "int_outcome_totals",
    "int_base_charges", "int_pattern_events", "int_performance", "int_performance_intervals",
    "int_patterns", "int_placements", "int_registered_events", "int_scoped_subjects",
    "int_sessions", "reconciliation_lines", "statements", "stg_servicenow_export__events",
    "stg_freshdesk__activities", "stg_freshdesk__acts", "stg_freshdesk__births",
    "stg_freshdesk__contradictions", "stg_freshdesk__conversations", "stg_freshdesk__deletions",
    "stg_freshdesk__events", "stg_freshdesk__left_at_last", "stg_freshdesk__ratings",
    "stg_freshdesk__staff", "stg_freshdesk__statuses", "stg_freshdesk__subjects",
    "stg_freshdesk__tickets", "stg_freshdesk__told", "stg_freshdesk__transitions",
    "stg_hubspot__beginnings", "stg_hubspot__births", "stg_hubspot__changes",
    "stg_hubspot__contradictions", "stg_hubspot__copies", "stg_hubspot__deletions",
    "stg_hubspot__events", "stg_hubspot__gone_unread", "stg_hubspot__history",
    "stg_hubspot__meeting_events", "stg_hubspot__meetings", "stg_hubspot__mergers",
    "stg_hubspot__messages", "stg_hubspot__mixed_histories", "stg_hubspot__moved",
    "stg_hubspot__outcomes",
    "stg_hubspot__pipelines", "stg_hubspot__ratings", "stg_hubspot__signed",
    "stg_hubspot__stages", "stg_hubspot__subjects", "stg_hubspot__ticket_events",
    "stg_hubspot__tickets", "stg_hubspot__told", "stg_hubspot__transitions",
    "stg_hubspot__two_contents", "stg_hubspot__writings",
    "stg_intercom__contradictions", "stg_intercom__conversations", "stg_intercom__deletions",
    "stg_intercom__events", "stg_intercom__fin_claims", "stg_intercom__merges",
    "stg_intercom__missing_parts", "stg_intercom__part_events", "stg_intercom__parts",
    "stg_intercom__ratings", "stg_intercom__subjects", "stg_intercom__told",
    "stg_servicenow__beginnings", "stg_servicenow__births", "stg_servicenow__born_concluded",
    "stg_servicenow__changes", "stg_servicenow__contradictions", "stg_servicenow__events",
    "stg_servicenow__incidents", "stg_servicenow__left_at_last", "stg_servicenow__ratings",
    "stg_servicenow__staff", "stg_servicenow__states", "stg_servicenow__subjects",
    "stg_servicenow__told", "stg_servicenow__updates",
    "stg_servicenow_export__states", "stg_zendesk__events", "stg_zendesk__parts",
    "stg_zendesk__ratings", "stg_zendesk__staff", "stg_zendesk__told", "stg_zendesk__updates",
    "stg_zendesk__tickets", "stg_zendesk__subjects", "stg_zendesk__contradictions",
    "stg_salesforce__beginnings", "stg_salesforce__births", "stg_salesforce__case_events",
    "stg_salesforce__cases", "stg_salesforce__changes", "stg_salesforce__claims",
    "stg_salesforce__contradictions", "stg_salesforce__conversations", "stg_salesforce__endings",
    "stg_salesforce__events", "stg_salesforce__handovers", "stg_salesforce__left_at_last",
    "stg_salesforce__meeting_events", "stg_salesforce__meeting_outcomes",
    "stg_salesforce__meetings", "stg_salesforce__queues", "stg_salesforce__ratings",
    "stg_salesforce__states", "stg_salesforce__statuses", "stg_salesforce__subjects",
    "stg_salesforce__told", "stg_salesforce__updates", "stg_salesforce__users",
    "stg_salesforce__writings",
    "int_subject_aliases",
    "stg_jira__beginnings", "stg_jira__births", "stg_jira__changes", "stg_jira__comments",
    "stg_jira__contradictions", "stg_jira__deletions", "stg_jira__events", "stg_jira__issues",
    "stg_jira__keys", "stg_jira__left_at_last", "stg_jira__ratings", "stg_jira__service_levels",
    "stg_jira__signed", "stg_jira__statuses", "stg_jira__subjects", "stg_jira__told",
    "stg_jira__transitions",
    "stg_stripe__charges", "stg_stripe__contradictions", "stg_stripe__disputes",
    "stg_stripe__events", "stg_stripe__moves", "stg_stripe__refunds", "stg_stripe__subjects",
    "claims", "claim_totals", "int_control_claims", "int_vendor_claims",
    "int_billed_lines", "int_control_credits", "int_credits", "int_deductions",
    "charges", "int_control_prices", "int_outcome_amounts", "int_outcome_values",
    "int_priced_determinations", "int_priced_quantities", "int_term_charges",
}  # fmt: skip


def of_kind(built: Any, *kinds: str) -> dict[str, Any]:
    """The results of some kinds of nodes, by their unique id."""
    return {each.node.unique_id: each for each in built.results if each.node.resource_type in kinds}


def test_every_unit_test_passes(built: Any) -> None:
    unit_tests = of_kind(built, "unit_test")
    failed = {name: each.message for name, each in unit_tests.items() if each.status != "pass"}
    assert len(unit_tests) > 90
    assert not failed


def test_every_model_that_decides_has_a_unit_test(built: Any) -> None:
    tested = {unique_id.split(".")[2] for unique_id in of_kind(built, "unit_test")}
    assert tested >= DECIDING


def test_a_build_without_a_contract_an_event_or_a_line_succeeds(built: Any) -> None:
    nodes = of_kind(built, "model", "seed", "test")
    failed = {
        name: each.message for name, each in nodes.items() if each.status not in ("success", "pass")
    }
    assert len(nodes) > 50
    assert not failed


def test_what_is_of_one_system_carries_its_tag_so_that_a_build_can_leave_it_out(
    built: Any,
) -> None:
    staged = [each for each in of_kind(built, "model").values() if "staging" in each.node.fqn]
    tagged = {(each.node.fqn[2], *each.node.tags) for each in staged}
    assert tagged == {(system, system) for system in TAGGED} | {("event_log",), ("invoice",)}
    seeds = {each.node.name: each.node.tags for each in of_kind(built, "seed").values()}
    assert seeds.pop("event_types") == []
    assert all(len(tags) == 1 and name.startswith(tags[0].removesuffix("_export"))
               for name, tags in seeds.items())  # fmt: skip
