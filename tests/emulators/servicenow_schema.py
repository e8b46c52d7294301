"""Which tables of a ServiceNow instance the emulator has, with their columns and references.

Columns of `incident` follow the answer printed on the Table API page (product documentation of
the Australia release, repository ServiceNow/ServiceNowDocs at cb48b5c3, `c_TableAPI.md`) and the
pages on incidents; those of `sys_audit` `c_UnderstandingTheSysAuditTable.md`; those of surveys
`r_MetricResultFieldNames.md` and `t_ViewAMetricResult.md`. These are prose; no schema is
published. Names that the prose does not give are marked with a question mark.
"""

RECORD = "sys_id sys_created_on sys_created_by sys_updated_on sys_updated_by sys_mod_count"

TABLES = {
    "incident": f"""{RECORD} number short_description description caller_id opened_by opened_at
        state incident_state hold_reason active category subcategory contact_type priority impact
        urgency assignment_group assigned_to reassignment_count reopen_count reopened_time
        reopened_by resolved_at resolved_by closed_at closed_by close_code close_notes parent
        parent_incident comments work_notes comments_and_work_notes watch_list made_sla
        correlation_id company location sys_class_name sys_domain sys_tags""",
    "sys_audit": """sys_id tablename documentkey fieldname oldvalue newvalue user reason
        record_checkpoint sys_created_on sys_created_by""",
    # display_value and payload hold what was deleted, in text (?)
    "sys_audit_delete": f"{RECORD} tablename documentkey display_value payload",
    "sys_journal_field": """sys_id name element element_id value sys_created_on
        sys_created_by""",
    # identity_type (?): the form calls it the identity type and has "AI user" in it
    "sys_user": f"""{RECORD} user_name name first_name last_name email phone title active
        identity_type internal_integration_user web_service_access_only time_zone""",
    "sys_user_group": f"{RECORD} name description email manager active",
    "sys_user_role": f"{RECORD} name description",
    "sys_user_has_role": f"{RECORD} user role state inherited",
    "sys_properties": f"{RECORD} name value type description",
    "asmt_metric_type": f"{RECORD} name description evaluation_method active",
    "asmt_metric": f"""{RECORD} name question metric_type datatype min max scale weight order
        active""",
    "asmt_assessment_instance": f"""{RECORD} number metric_type user state due_date taken_on
        trigger_table trigger_id task_id""",
    "asmt_metric_result": f"""{RECORD} instance metric metric_type user actual_value scaled_value
        normalized_value string_value source_table source_id""",
}

USER_FIELDS = "caller_id opened_by assigned_to resolved_by closed_by reopened_by user manager"
REFERENCES = {
    **dict.fromkeys(USER_FIELDS.split(), "sys_user"),
    "assignment_group": "sys_user_group",
    "sys_domain": "sys_user_group",
    "company": "core_company",
    "location": "cmn_location",
    "parent": "task",
    "parent_incident": "incident",
    "role": "sys_user_role",
    "metric_type": "asmt_metric_type",
    "metric": "asmt_metric",
    "instance": "asmt_assessment_instance",
    "task_id": "task",
}
# sys_audit.user and sys_created_by hold a user name: they refer to nothing
NOT_REFERENCES = {("sys_audit", "user")}

NUMERIC = """state incident_state hold_reason priority impact urgency reassignment_count
    reopen_count sys_mod_count record_checkpoint actual_value scaled_value normalized_value min max
    weight order"""
NUMBERS = frozenset(NUMERIC.split())
TEMPORAL = """sys_created_on sys_updated_on opened_at reopened_time resolved_at closed_at due_date
    taken_on"""
TIMES = frozenset(TEMPORAL.split())

NEW, IN_PROGRESS, ON_HOLD, RESOLVED, CLOSED, CANCELED = "1", "2", "3", "6", "7", "8"
STATES = {
    NEW: "New",
    IN_PROGRESS: "In Progress",
    ON_HOLD: "On Hold",
    RESOLVED: "Resolved",
    CLOSED: "Closed",
    CANCELED: "Canceled",
}
LABELS = {
    ("incident", "state"): STATES,
    ("incident", "incident_state"): STATES,
    ("incident", "hold_reason"): {"1": "Awaiting Caller", "3": "Awaiting Problem"},
    ("incident", "contact_type"): {"self-service": "Self-service", "virtual_agent": "Chat"},
    ("asmt_assessment_instance", "state"): {"ready": "Ready to take", "complete": "Complete"},
}
# which column of a record stands for it when a reference is displayed
DISPLAYS = {"incident": "number", "task": "number", "asmt_assessment_instance": "number"}


def reference(table: str, column: str) -> str | None:
    """Return the table that a column refers to, or None."""
    return None if (table, column) in NOT_REFERENCES else REFERENCES.get(column)
