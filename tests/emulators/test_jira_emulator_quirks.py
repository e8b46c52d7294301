"""Has the emulator of Jira the quirks for which a meter must be ready?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.emulators.jira import Jira
from tests.emulators.jira_access import Account
from tests.emulators.jira_fields import RESOLUTION_SLA, SATISFACTION, SATISFACTION_DATE
from tests.emulators.jira_reading import BULK, SEARCH, START, Desk, Reader, at


@pytest.fixture
def jira() -> Iterator[Jira]:
    with Jira(at(600)) as emulator:
        yield emulator


@pytest.fixture
def desk(jira: Jira) -> Desk:
    return Desk(jira)


@pytest.fixture
def reader(jira: Jira) -> Reader:
    return Reader(jira)


@pytest.fixture
def slow() -> Iterator[Jira]:
    """A site whose search needs five minutes to know of a change."""
    with Jira(at(600), index_lag=timedelta(minutes=5)) as emulator:
        yield emulator


def statuses(changes: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(one["from"], one["fromString"], one["to"], one["toString"])
            for one in changes if one["field"] == "status"]  # fmt: skip


def test_a_new_issue_is_missing_until_the_index_knows_it(slow: Jira) -> None:
    issue, reader = Desk(slow).open(598), Reader(slow)
    assert reader.ids("project = SUP") == []
    slow.now = at(603)
    assert reader.ids("project = SUP") == [issue]


def test_a_reconciled_issue_is_found_at_once(slow: Jira) -> None:
    issue, reader = Desk(slow).open(598), Reader(slow)
    assert reader.ids("project = SUP", reconcileIssues=[issue]) == [issue]


def test_search_shows_an_old_state_that_the_issue_itself_has_left(slow: Jira) -> None:
    desk, reader = Desk(slow), Reader(slow)
    issue = desk.open(0)
    slow.resolve(issue, desk.resolved, at=at(599), by=desk.human)
    asked = {"jql": f"id = {issue}", "fields": ["status"]}
    indexed = reader.post(SEARCH, **asked)["issues"][0]
    live = reader.post(SEARCH, reconcileIssues=[issue], **asked)["issues"][0]
    assert indexed["fields"]["status"]["name"] == "Waiting for support"
    assert live["fields"]["status"]["name"] == reader.fields(issue)["status"]["name"] == "Resolved"


def test_fifty_issues_are_reconciled_and_not_one_more(reader: Reader, desk: Desk) -> None:
    asked = {"jql": "project = SUP", "reconcileIssues": [*range(51)]}
    assert reader.client.post(SEARCH, json=asked).status_code == 400


def test_a_deleted_issue_that_the_index_still_has_makes_a_short_page(slow: Jira) -> None:
    desk, reader = Desk(slow), Reader(slow)
    first, second, third = desk.open_several(3)
    reader.ids("project = SUP")
    slow.delete(second, at=at(599))
    pages = list(reader.pages("project = SUP ORDER BY created", maxResults=2))
    assert [[int(one["id"]) for one in page["issues"]] for page in pages] == [[first], [third]]


def test_a_renamed_status_keeps_its_old_name_in_the_changelog(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(5), by=desk.human)
    jira.rename_status(desk.resolved, "Solved")
    assert statuses(reader.changes(issue)) == [
        (desk.waiting, "Waiting for support", desk.resolved, "Resolved")
    ]
    assert reader.fields(issue)["status"]["name"] == "Solved"


def test_a_status_in_another_category_changes_the_past_without_a_trace(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.transition(issue, desk.working, at=at(5), by=desk.human)
    before = reader.changes(issue)
    jira.recategorize_status(desk.working, "done")
    listed = {one["id"]: one for one in reader.get("/rest/api/3/status")}
    assert listed[desk.working]["statusCategory"]["key"] == "done"
    assert reader.changes(issue) == before


def test_a_status_that_the_changelog_names_may_be_listed_no_more(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.transition(issue, desk.working, at=at(5), by=desk.human)
    jira.transition(issue, desk.resolved, at=at(6), by=desk.human)
    jira.retire_status(desk.working)
    listed = {one["id"] for one in reader.get("/rest/api/3/status")}
    assert {to for _, _, to, _ in statuses(reader.changes(issue))} - listed == {desk.working}


def test_projects_may_have_statuses_of_one_name(jira: Jira, reader: Reader, desk: Desk) -> None:
    other = jira.add_project("TEAM")
    own = jira.add_status("Resolved", "done", project=other)
    shown = reader.get("/rest/api/3/project/SUP/statuses")[0]["statuses"]
    assert own not in {one["id"] for one in shown}
    assert desk.resolved in {one["id"] for one in shown}


def test_the_first_status_is_in_no_changelog(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open(status=desk.resolved)
    assert reader.changes(issue) == []
    assert reader.fields(issue)["status"]["id"] == desk.resolved


def test_apps_are_told_by_their_account_type(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.robot)
    jira.reopen(issue, desk.waiting, at=at(2), by=desk.customer)
    jira.resolve(issue, desk.resolved, at=at(3), by=desk.human)
    kinds = [one["author"]["accountType"] for one in reader.histories(issue)]
    assert kinds == ["app", "customer", "atlassian"]


def test_only_the_list_of_users_tells_an_agent_from_another_app(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.robot)
    author = reader.histories(issue)[0]["author"]
    assert "appType" not in author
    users = reader.get("/rest/api/3/user/bulk", accountId=author["accountId"])["values"]
    assert users[0]["appType"] == "agent"


def test_a_change_without_a_caller_has_no_author(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=None)
    assert "author" not in reader.histories(issue)[0]


def test_a_deactivated_user_stays_the_author(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.human)
    jira.deactivate(desk.human)
    author = reader.histories(issue)[0]["author"]
    assert (author["accountId"], author["active"]) == (desk.human, False)


def test_an_erased_user_keeps_his_account_id_alone(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.human)
    jira.forget(desk.human)
    author = reader.histories(issue)[0]["author"]
    assert (author["accountId"], author["displayName"]) == (desk.human, "Former user")
    assert author["emailAddress"] == ""


def test_a_deleted_issue_leaves_nothing(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.delete(issue, at=at(1))
    answer = reader.client.get(f"/rest/api/3/issue/{issue}/changelog")
    assert answer.status_code == 404
    assert answer.json()["errorMessages"] == [
        "Issue does not exist or you do not have permission to see it."
    ]


def test_the_bulk_leaves_a_deleted_issue_out_without_a_word(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    gone, kept = desk.open_several(2)
    for issue in (gone, kept):
        jira.resolve(issue, desk.resolved, at=at(5), by=desk.human)
    jira.delete(gone, at=at(6))
    logs = reader.post(BULK, issueIdsOrKeys=[str(gone), str(kept)])["issueChangeLogs"]
    assert [one["issueId"] for one in logs] == [str(kept)]


def test_one_key_that_does_not_exist_spoils_the_query(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    gone, kept = desk.open_several(2)
    jira.delete(gone, at=at(6))
    answer = reader.client.post(SEARCH, json={"jql": f"id in ({gone}, {kept})"})
    assert answer.status_code == 400


def test_a_moved_issue_has_another_key_and_the_same_id(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    key = jira.move(issue, jira.add_project("BILL"), at=at(5), by=desk.human)
    moved = reader.get("/rest/api/3/issue/SUP-1")
    assert (moved["id"], moved["key"], key) == (str(issue), "BILL-1", "BILL-1")
    changed = {one["field"]: (one["fromString"], one["toString"]) for one in reader.changes(key)}
    assert changed == {"project": ("Support", "Service desk"), "Key": ("SUP-1", "BILL-1")}


def test_a_moved_issue_is_found_in_its_old_project_no_more(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.move(issue, jira.add_project("BILL"), at=at(5), by=desk.human)
    assert reader.ids("project = SUP") == []
    assert reader.ids("key = SUP-1") == [issue]


def test_a_note_is_told_from_a_reply(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.comment(issue, at=at(1), by=desk.human, body="He is rude.", is_public=False)
    jira.comment(issue, at=at(2), by=desk.human, body="It is on its way.")
    comments = reader.get(f"/rest/api/3/issue/{issue}/comment")["comments"]
    assert [one["jsdPublic"] for one in comments] == [False, True]


def test_comments_are_in_no_changelog(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.comment(issue, at=at(1), by=desk.human)
    assert reader.changes(issue) == []
    assert reader.fields(issue)["updated"].startswith("2026-10-01T11:01:00")


def test_a_deleted_comment_leaves_nothing(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    comment = jira.comment(issue, at=at(1), by=desk.human)
    jira.delete_comment(issue, comment, at=at(2))
    assert reader.get(f"/rest/api/3/issue/{issue}/comment")["total"] == 0


def test_a_comment_for_one_role_is_not_shown_to_others(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.comment(issue, at=at(1), by=desk.human, role="Administrators")
    assert reader.get(f"/rest/api/3/issue/{issue}/comment")["comments"] == []


def test_comments_have_pages_and_a_total(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    for minute in range(5):
        jira.comment(issue, at=at(minute), by=desk.human)
    page = reader.get(f"/rest/api/3/issue/{issue}/comment", startAt=3, maxResults=2)
    assert (page["total"], page["startAt"], len(page["comments"])) == (5, 3, 2)


def test_a_changelog_has_pages_oldest_first(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    for minute in range(5):
        jira.edit_summary(issue, f"Version {minute}", at=at(minute), by=desk.human)
    path = f"/rest/api/3/issue/{issue}/changelog"
    page = reader.get(path, startAt=2, maxResults=2)
    assert [one["items"][0]["toString"] for one in page["values"]] == ["Version 2", "Version 3"]
    assert (page["total"], page["isLast"]) == (5, False)
    assert reader.get(page["nextPage"])["isLast"]


def test_the_bulk_goes_by_date_across_issues_and_pages(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issues = desk.open_several(2)
    for minute in range(6):
        jira.edit_summary(issues[minute % 2], f"{minute}", at=at(10 + minute), by=desk.human)
    pages = list(reader.bulk_pages(*issues, maxResults=4))
    counts = [[len(log["changeHistories"]) for log in page["issueChangeLogs"]] for page in pages]
    assert counts == [[2, 2], [1, 1]]


def test_the_bulk_has_milliseconds_where_the_changelog_has_text(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.edit_summary(issue, "New", at=at(1), by=desk.human)
    assert reader.histories(issue)[0]["created"] == round(START.timestamp() * 1000) + 60_000
    change = reader.get(f"/rest/api/3/issue/{issue}/changelog")["values"][0]
    assert change["created"] == "2026-10-01T11:01:00.000+0200"


def test_the_bulk_can_keep_to_some_fields(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.edit_summary(issue, "Secret", at=at(1), by=desk.human)
    jira.resolve(issue, desk.resolved, at=at(2), by=desk.human)
    histories = reader.histories(issue, fieldIds=["status"])
    assert [[one["field"] for one in each["items"]] for each in histories] == [["status"]]


def test_a_page_of_the_bulk_may_repeat_the_last_history(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    jira.repeats_history = True
    issue = desk.open()
    for minute in range(4):
        jira.edit_summary(issue, f"{minute}", at=at(minute), by=desk.human)
    ids = [one["id"] for one in reader.histories(issue, maxResults=2)]
    assert (len(ids), len({*ids})) == (5, 4)


def test_more_than_a_thousand_issues_are_refused(reader: Reader) -> None:
    answer = reader.client.post(BULK, json={"issueIdsOrKeys": ["1"] * 1001})
    assert answer.status_code == 400


def test_the_resolution_is_set_and_cleared_beside_the_status(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.human)
    assert reader.fields(issue)["resolutiondate"] == "2026-10-01T11:01:00.000+0200"
    jira.reopen(issue, desk.waiting, at=at(2), by=desk.customer)
    changed = [(one["field"], one["toString"]) for one in reader.changes(issue)]
    assert changed == [("resolution", "Done"), ("status", "Resolved"),
                       ("resolution", None), ("status", "Waiting for support")]  # fmt: skip
    assert reader.fields(issue)["resolutiondate"] is None


def test_a_done_status_may_lack_a_resolution(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.transition(issue, desk.resolved, at=at(1), by=desk.human)
    fields = reader.fields(issue)
    assert fields["status"]["statusCategory"]["key"] == "done"
    assert (fields["resolution"], fields["resolutiondate"]) == (None, None)


def test_a_resolution_may_stay_on_an_open_issue(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.resolve(issue, desk.resolved, at=at(1), by=desk.human)
    jira.transition(issue, desk.working, at=at(2), by=desk.human)
    assert reader.fields(issue)["resolution"]["name"] == "Done"


def test_the_rating_is_a_field_and_only_the_last_one_is_kept(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.rate(issue, 2, at=at(5))
    jira.rate(issue, 5, at=at(9), text="Now it works")
    fields = reader.fields(issue)
    assert fields[SATISFACTION] == {"rating": 5}
    assert fields[SATISFACTION_DATE] == "2026-10-01T11:09:00.000+0200"
    feedback = reader.get(f"/rest/servicedeskapi/request/{issue}/feedback")
    assert feedback == {"type": "csat", "rating": 5, "comment": {"body": "Now it works"}}
    assert reader.changes(issue) == []


def test_custom_fields_are_found_by_their_type(reader: Reader) -> None:
    custom = {one["schema"].get("custom"): one["id"] for one in reader.get("/rest/api/3/field")}
    assert custom["com.atlassian.servicedesk:sd-request-feedback"] == SATISFACTION
    assert custom["com.atlassian.servicedesk:sd-request-feedback-date"] == SATISFACTION_DATE


def test_an_unrated_request_has_no_feedback(reader: Reader, desk: Desk) -> None:
    path = f"/rest/servicedeskapi/request/{desk.open()}/feedback"
    assert reader.client.get(path).status_code == 404


def test_feedback_may_need_an_opt_in(jira: Jira, reader: Reader, desk: Desk) -> None:
    jira.feedback_is_experimental = True
    issue = desk.open()
    jira.rate(issue, 4, at=at(5))
    path = f"/rest/servicedeskapi/request/{issue}/feedback"
    assert reader.client.get(path).status_code == 412
    opted = reader.client.get(path, headers={"X-ExperimentalApi": "opt-in"})
    assert opted.json()["rating"] == 4


def test_a_service_level_is_breached_when_its_goal_is_over(
    jira: Jira, reader: Reader, desk: Desk
) -> None:
    issue = desk.open()
    jira.start_sla(issue, at=at(0), goal=timedelta(hours=1))
    jira.now = at(60)
    path = f"/rest/servicedeskapi/request/{issue}/sla"
    assert not reader.get(path)["values"][0]["ongoingCycle"]["breached"]
    jira.now = at(60.1)
    cycle = reader.get(path)["values"][0]["ongoingCycle"]
    assert (cycle["breached"], cycle["paused"]) == (True, False)
    assert cycle["breachTime"]["iso8601"] == "2026-10-01T12:00:00+0200"


def test_a_pause_puts_the_breach_off(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    jira.start_sla(issue, at=at(0), goal=timedelta(hours=1))
    jira.pause_sla(issue, at=at(10))
    jira.resume_sla(issue, at=at(100))
    jira.stop_sla(issue, at=at(120))
    level = reader.get(f"/rest/servicedeskapi/request/{issue}/sla")["values"][0]
    cycle = level["completedCycles"][0]
    assert (cycle["breached"], cycle["elapsedTime"]["millis"]) == (False, 30 * 60_000)
    assert cycle["breachTime"]["epochMillis"] == round(at(150).timestamp() * 1000)
    assert "ongoingCycle" not in level


def test_a_reopened_request_begins_another_cycle(jira: Jira, reader: Reader, desk: Desk) -> None:
    issue = desk.open()
    for start in (0, 100):
        jira.start_sla(issue, at=at(start), goal=timedelta(hours=1))
        jira.stop_sla(issue, at=at(start + 70))
    level = reader.get(f"/rest/servicedeskapi/request/{issue}/sla")["values"][0]
    assert [one["breached"] for one in level["completedCycles"]] == [True, True]
    assert reader.fields(issue)[RESOLUTION_SLA] == level


def test_service_levels_are_for_agents() -> None:
    with Jira(at(600), account=Account(is_agent=False)) as jira:
        issue = Desk(jira).open()
        answer = Reader(jira).client.get(f"/rest/servicedeskapi/request/{issue}/sla")
    assert answer.status_code == 403
    assert answer.json()["errorMessage"]


def test_an_issue_that_is_no_request_has_no_service_levels(reader: Reader, desk: Desk) -> None:
    issue = desk.open(request_type=None)
    assert reader.client.get(f"/rest/servicedeskapi/request/{issue}/sla").status_code == 404


def test_search_sends_the_texts_that_it_is_asked_for(reader: Reader, desk: Desk) -> None:
    desk.open(summary="My secret", description="My address is 1 Main Street")
    said = reader.client.post(SEARCH, json={"jql": "project = SUP", "fields": ["*all"]}).text
    for text in ("My secret", "1 Main Street", "Ada Test", "ada.test@example.com"):
        assert text in said
