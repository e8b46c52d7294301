"""What happens to incidents and surveys on a ServiceNow instance: the stories that a test tells.

Written from prose of the product documentation (ServiceNow/ServiceNowDocs at cb48b5c3):
- incidents: `c_IncidentManagementStateModel.md`, `reopening-incident.md`,
  `configure-incident-auto-close.md`, `change-default-user.md`, `incident-management-properties.md`;
- surveys: `r_MetricResultFieldNames.md`, `t_ViewAMetricResult.md`,
  `t_ViewAnAssessmentInstance.md`, `example-normalized-value-calc.md`.
"""

from datetime import datetime, timedelta

from tests.emulators.servicenow_records import Records, text
from tests.emulators.servicenow_schema import (
    CANCELED,
    CLOSED,
    IN_PROGRESS,
    NEW,
    ON_HOLD,
    RESOLVED,
)

AWAITING_CALLER = "1"


class NotPossible(Exception):
    """The instance would not let this happen."""


class Instance(Records):
    """Incidents and the surveys about them. An incident is named by its sys_id."""

    def open_incident(
        self,
        *,
        at: datetime,
        caller: str,
        by: str | None = None,
        comments: str = "",
        **values: str,
    ) -> str:
        """Open an incident; `values` are columns of it. Return its sys_id."""
        self._numbers += 1
        caller_id = self._user_ids[caller]
        born = {
            "number": f"INC{self._numbers:07}",
            "short_description": "Printer on fire",
            "description": "It burns. Call me: +49 30 7654321",
            "caller_id": caller_id,
            "opened_by": self._user_ids.get(by or caller, caller_id),
            "opened_at": text(at),
            "state": NEW,
            "active": "true",
            "contact_type": "self-service",
            "category": "inquiry",
            "priority": "3",
            "reassignment_count": "0",
            "reopen_count": "0",
            "sys_class_name": "incident",
            "sys_domain": "global",
        } | values
        born["incident_state"] = born["state"]
        incident = self._insert("incident", born, at, by or caller)
        if comments:
            self._journal(incident, "comments", comments, at, by or caller, audited=False)
        return incident

    def change(self, incident: str, *, at: datetime, by: str, **values: str) -> None:
        """Change columns of an incident in one update; each that differs leaves an audit row."""
        self._update("incident", incident, values, at, by, audited=True)

    def change_silently(self, incident: str, *, at: datetime, by: str, **values: str) -> None:
        """Change an incident as an import set or a script without workflow does: unaudited."""
        self._update("incident", incident, values, at, by, audited=False)

    def assign(
        self, incident: str, *, at: datetime, by: str, to: str = "", group: str = ""
    ) -> None:
        """Give an incident to a user name and a group's sys_id."""
        before = self.of(incident, "assignment_group")
        counted = int(self.of(incident, "reassignment_count") or 0) + (before not in ("", group))
        assigned = {"assigned_to": self._user_ids.get(to, ""), "assignment_group": group}
        self.change(incident, at=at, by=by, reassignment_count=str(counted), **assigned)

    def start_work(self, incident: str, *, at: datetime, by: str) -> None:
        self.change(incident, at=at, by=by, state=IN_PROGRESS)

    def hold(self, incident: str, *, at: datetime, by: str, reason: str = AWAITING_CALLER) -> None:
        self.change(incident, at=at, by=by, state=ON_HOLD, hold_reason=reason)

    def comment(self, incident: str, *, at: datetime, by: str, says: str = "Any news?") -> None:
        """Write what the caller can read. A caller who answers takes the incident off hold."""
        caller_answers = self._user_ids.get(by) == self.of(incident, "caller_id")
        waits = (self.of(incident, "state"), self.of(incident, "hold_reason"))
        resumed = {"state": IN_PROGRESS, "hold_reason": ""}
        resumes = caller_answers and waits == (ON_HOLD, AWAITING_CALLER)
        self.change(incident, at=at, by=by, **(resumed if resumes else {}))
        self._journal(incident, "comments", says, at, by)

    def note(self, incident: str, *, at: datetime, by: str, says: str = "Asked Bob.") -> None:
        """Write what the caller cannot read."""
        self.change(incident, at=at, by=by)
        self._journal(incident, "work_notes", says, at, by)

    def resolve(
        self, incident: str, *, at: datetime, by: str, code: str = "Solution provided"
    ) -> None:
        self.change(
            incident,
            at=at,
            by=by,
            state=RESOLVED,
            close_code=code,
            close_notes="Told the caller to restart.",
            resolved_at=text(at),
            resolved_by=self._user_ids.get(by, ""),
        )

    def reopen(self, incident: str, *, at: datetime, by: str) -> None:
        """Put a resolved incident back to work; a closed one cannot be reopened."""
        if self.of(incident, "state") != RESOLVED:
            raise NotPossible("only a resolved incident can be reopened")
        self.change(
            incident,
            at=at,
            by=by,
            state=IN_PROGRESS,
            reopen_count=str(int(self.of(incident, "reopen_count")) + 1),
            reopened_time=text(at),
            reopened_by=self._user_ids.get(by, ""),
        )

    def reopen_by_email(self, incident: str, *, at: datetime, **values: str) -> str:
        """Answer "Please reopen" to the mail about a closed incident: a new incident is opened."""
        if self.of(incident, "state") != CLOSED:
            raise NotPossible("the mail reopens an incident that is not closed")
        names = self.property("com.snc.incident.clone_fields_on_reopen").split(",")
        copied = {name: self.of(incident, name) for name in names} | values
        users = {sys_id: name for name, sys_id in self._user_ids.items()}
        caller = users[self.of(incident, "caller_id")]
        return self.open_incident(at=at, caller=caller, contact_type="email", **copied)

    def close(self, incident: str, *, at: datetime, by: str) -> None:
        closed_by = self._user_ids.get(by, "")
        told = {"closed_at": text(at), "closed_by": closed_by, "active": "false"}
        self.change(incident, at=at, by=by, state=CLOSED, **told)

    def cancel(self, incident: str, *, at: datetime, by: str) -> None:
        self.change(incident, at=at, by=by, state=CANCELED, active="false")

    def auto_close(self, *, at: datetime, by: str = "system") -> list[str]:
        """Run the scheduled job: close what has been resolved for `glide.ui.autoclose.time` days.

        `by` is whom the job runs as; an administrator's name where one has configured it.
        """
        days = int(self.property("glide.ui.autoclose.time"))
        until = text(at - timedelta(days=days))
        by_resolution = self.property("com.snc.incident.autoclose.basedon.resolved_at") == "true"
        since = "resolved_at" if by_resolution else "sys_updated_on"
        resolved = [
            incident
            for incident in self.tables["incident"].rows
            if self.of(incident, "state") == RESOLVED and self.of(incident, since) <= until
        ]
        for incident in resolved if days else []:
            self.close(incident, at=at, by=by)
        return resolved if days else []

    def delete(self, incident: str, *, at: datetime, by: str) -> None:
        """Delete an incident; its audit rows stay and a row in sys_audit_delete appears."""
        number, key = self.of(incident, "number"), {"documentkey": incident}
        payload = f"<incident><short_description>{self.of(incident, 'short_description')}"
        told = {"tablename": "incident", "display_value": number, "payload": payload}
        self._insert("sys_audit_delete", told | key, at, by)
        self.tables["incident"].remove(incident)

    def purge(self, incident: str) -> None:
        """Remove an incident and its audit without a trace."""
        self.tables["incident"].remove(incident)
        audits = self.tables["sys_audit"]
        for audit in [i for i in audits.rows if audits.value(i, "documentkey") == incident]:
            audits.remove(audit)

    def purge_audit(self, *, before: datetime) -> None:
        """Forget audit rows that are older than a retention policy allows."""
        audits = self.tables["sys_audit"]
        for audit in [i for i in audits.rows if audits.value(i, "sys_created_on") < text(before)]:
            audits.remove(audit)

    # surveys

    def add_survey(
        self, *, at: datetime, lowest: int = 1, highest: int = 5, scale: str = "high"
    ) -> str:
        """Define a survey: a rated question and a free text. `scale`: which end is the good one."""
        survey = self._insert(
            "asmt_metric_type",
            {"name": "Incident survey", "evaluation_method": "survey", "active": "true"},
            at,
            "admin",
        )
        rated = {"min": str(lowest), "max": str(highest), "scale": scale, "weight": "10"}
        rated |= {"name": "Satisfaction", "datatype": "scale"}
        free = {"name": "Comments", "datatype": "string", "question": "What can we do better?"}
        for metric in (rated, free):
            self._insert("asmt_metric", {"metric_type": survey, **metric}, at, "survey.admin")
        return survey

    def send_survey(self, survey: str, incident: str, *, at: datetime) -> str:
        """Ask an incident's caller; return the sys_id of the assessment instance."""
        self._numbers += 1
        values = {
            "number": f"AINST{self._numbers:07}",
            "metric_type": survey,
            "user": self.of(incident, "caller_id"),
            "state": "ready",
            "trigger_table": "incident",
            "trigger_id": incident,
            "task_id": incident,
        }
        return self._insert("asmt_assessment_instance", values, at, "system")

    def rate(
        self, asked: str, *, at: datetime, by: str, value: int, says: str = "Great, thanks Bob!"
    ) -> None:
        """Answer an assessment instance: one metric result per question."""
        asking, metrics = self.tables["asmt_assessment_instance"], self.tables["asmt_metric"]
        survey = asking.value(asked, "metric_type")
        self._update(
            asking.name, asked, {"state": "complete", "taken_on": text(at)}, at, by, audited=False
        )
        common = {"instance": asked, "metric_type": survey, "user": asking.value(asked, "user")}
        common |= {"source_table": "asmt_metric_type", "source_id": survey}
        for metric in [i for i in metrics.rows if metrics.value(i, "metric_type") == survey]:
            given = {"actual_value": "-1", "scaled_value": "-1", "string_value": says}
            if metrics.value(metric, "datatype") == "scale":
                good = self._normalized(metric, value)
                given = dict.fromkeys(("actual_value", "scaled_value", "string_value"), str(value))
                given["normalized_value"] = f"{good:g}"
            self._insert("asmt_metric_result", {**common, "metric": metric, **given}, at, by)

    def _normalized(self, metric: str, value: int) -> float:
        """Return 0 to 10, 10 the best; the only rated question has all of the weight."""
        of = self.tables["asmt_metric"]
        lowest, highest = int(of.value(metric, "min")), int(of.value(metric, "max"))
        share = (value - lowest) / (highest - lowest)
        return 10 * (share if of.value(metric, "scale") == "high" else 1 - share)

    def of(self, incident: str, column: str) -> str:
        return self.tables["incident"].value(incident, column)
