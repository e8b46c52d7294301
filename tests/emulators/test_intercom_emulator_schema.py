"""Does the emulator of Intercom speak as the vendor's published schema says?"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from tests.emulators.intercom import Intercom
from tests.emulators.intercom_model import ASSIGNING, FIN, MESSAGES, OPERATOR, REOPENING
from tests.emulators.intercom_reporting import STATES

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPECS = Path(os.environ.get("RECOUNT_SPECS", Path(__file__).parents[3] / "shared/data/specs"))
SCHEMA = SPECS / "api.intercom.io-2.16.yaml"
pytestmark = pytest.mark.skipif(
    not SCHEMA.exists(), reason=f"the vendor's schema is not at {SCHEMA}; set RECOUNT_SPECS"
)
# the schema's examples of a conversation have these two, its properties do not
ALSO_SENT: dict[str, Any] = {"topics": {}, "ticket": {}}


@cache
def specification() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(SCHEMA.read_text(), Loader=yaml.CSafeLoader)
    return document


def strict(schema: Any) -> Any:
    """Turn an OpenAPI 3.0 schema into a JSON Schema that lets no unnamed property pass."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: strict(each) for name, each in schema.items() if name != "example"}
    if "properties" in plain and "additionalProperties" not in plain and "allOf" not in plain:
        plain["additionalProperties"] = False
    if plain.pop("nullable", False) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


@cache
def components() -> dict[str, Any]:
    schemas = strict(specification()["components"]["schemas"])
    for name in ("conversation", "conversation_list_item"):
        schemas[name]["properties"] |= ALSO_SENT
    return {"schemas": schemas}


def assert_fits(document: object, path: str, method: str, status: int = 200) -> None:
    said = specification()["paths"][path][method]["responses"][str(status)]
    schema = strict(said["content"]["application/json"]["schema"])
    Draft202012Validator({"allOf": [schema], "components": components()}).validate(document)


@pytest.fixture
def intercom() -> Iterator[Intercom]:
    with Intercom(NOON + timedelta(days=30)) as emulator:
        yield emulator


@pytest.fixture
def api(intercom: Intercom) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer intercom-token", "Intercom-Version": "2.16"}
    with httpx.Client(base_url=intercom.url, headers=headers) as client:
        yield client


def tell_everything(intercom: Intercom) -> str:
    """Let happen in one conversation whatever can happen; return its id."""
    team = intercom.found_team("Billing")
    admin, lead = (
        intercom.hire("Ada Lovelace", teams=(team,)),
        intercom.add_contact("L", role="lead"),
    )
    user = intercom.add_contact("Una User", external_id="u-1")
    it = intercom.start(contact=user, at=NOON, subject="<p>Help</p>")
    intercom.involve_fin(it, at=NOON)
    intercom.fin_answers(it, at=NOON)
    intercom.fin_acts(it, "Look up order", at=NOON)
    intercom.conclude(it, "procedure_handoff", at=NOON)
    intercom.rate_fin(it, 2, at=NOON, remark="meh")
    intercom.assign(it, to=team, by=OPERATOR, at=NOON, how="default_assignment")
    intercom.assign(it, to=admin, by=admin, at=NOON)
    intercom.add_participant(it, contact=lead, by=admin, at=NOON)
    intercom.remove_participant(it, contact=lead, by=admin, at=NOON)
    intercom.note(it, by=admin, at=NOON, body="<p>look</p>")
    intercom.snooze(it, by=admin, at=NOON, until=NOON + timedelta(hours=1))
    intercom.wake(it, at=NOON + timedelta(hours=1))
    intercom.set_attribute(it, "kind", "refund", by=FIN, at=NOON)
    intercom.close(it, by=admin, at=NOON, body="Goodbye")
    intercom.assign(it, to=None, by=admin, at=NOON)
    intercom.rate(it, 5, at=NOON, remark="thanks")
    intercom.tag(it, "vip", by=admin, at=NOON)
    intercom.apply_sla(it, name="Gold", status="missed", at=NOON)
    intercom.redact(it, at=NOON)
    intercom.merge(intercom.start(contact=user, at=NOON), into=it, at=NOON)
    intercom.merge_contacts(lead, into=user, at=NOON)
    return it


def test_a_conversation_with_all_that_can_happen_fits_the_schema(
    intercom: Intercom, api: httpx.Client
) -> None:
    shown = api.get(f"/conversations/{tell_everything(intercom)}").json()
    assert len(shown["conversation_parts"]["conversation_parts"]) > 15
    assert_fits(shown, "/conversations/{conversation_id}", "get")


def test_the_check_refuses_a_property_that_the_schema_does_not_name(
    intercom: Intercom, api: httpx.Client
) -> None:
    shown = api.get(f"/conversations/{tell_everything(intercom)}").json()
    shown["conversation_parts"]["conversation_parts"][0]["reopened_at"] = 1
    with pytest.raises(ValidationError, match="reopened_at"):
        assert_fits(shown, "/conversations/{conversation_id}", "get")


def test_a_conversation_in_which_nothing_happened_fits_the_schema(
    intercom: Intercom, api: httpx.Client
) -> None:
    it = intercom.start(contact=intercom.add_contact("Una"), at=NOON)
    shown = api.get(f"/conversations/{it}").json()
    assert_fits(shown, "/conversations/{conversation_id}", "get")


def test_a_page_of_a_search_fits_the_schema(intercom: Intercom, api: httpx.Client) -> None:
    tell_everything(intercom)
    query = {"field": "updated_at", "operator": ">", "value": 0}
    wanted = {"query": query, "pagination": {"per_page": 1}}
    page = api.post("/conversations/search", json=wanted).json()
    assert page["pages"]["next"]["starting_after"]
    assert_fits(page, "/conversations/search", "post")


@pytest.mark.parametrize("path", ["/me", "/admins", "/teams", "/tags", "/conversations/deleted"])
def test_each_list_fits_the_schema(intercom: Intercom, api: httpx.Client, path: str) -> None:
    intercom.delete(tell_everything(intercom), at=NOON)
    assert_fits(api.get(path).json(), path, "get")


def test_the_merge_history_of_a_contact_fits_the_schema(
    intercom: Intercom, api: httpx.Client
) -> None:
    tell_everything(intercom)
    user = next(each.id for each in intercom.contacts.values() if each.swallowed)
    shown = api.get(f"/contacts/{user}/merge_history").json()
    assert len(shown["data"]) == 1
    assert_fits(shown, "/contacts/{id}/merge_history", "get")


def test_the_data_sets_of_the_export_fit_the_schema(api: httpx.Client) -> None:
    shown = api.get("/export/reporting_data/get_datasets").json()
    assert_fits(shown, "/export/reporting_data/get_datasets", "get")


def test_an_export_job_fits_the_schema_from_order_to_status(api: httpx.Client) -> None:
    order = {"dataset_id": "conversation", "attribute_ids": ["standard.conversation_id"]}
    path = "/export/reporting_data"
    job = api.post(f"{path}/enqueue", json=order | {"start_time": 0, "end_time": 2**31}).json()
    assert_fits(job, f"{path}/enqueue", "post")
    status = api.get(f"{path}/{job['job_identifier']}").json()
    assert_fits(status, path + "/{job_identifier}", "get")


@pytest.mark.parametrize("status", [401, 404])
def test_a_refusal_fits_the_schema_and_says_what_its_example_says(
    api: httpx.Client, status: int
) -> None:
    headers = {"Authorization": "Bearer wrong"} if status == 401 else {}
    refusal = api.get("/conversations/7", headers=headers)
    assert refusal.status_code == status
    assert_fits(refusal.json(), "/conversations/{conversation_id}", "get", status)
    said = specification()["paths"]["/conversations/{conversation_id}"]["get"]["responses"]
    (example,) = said[str(status)]["content"]["application/json"]["examples"].values()
    assert refusal.json()["errors"] == example["value"]["errors"]


def test_the_states_that_we_know_are_the_states_of_the_schema() -> None:
    ai_agent = specification()["components"]["schemas"]["ai_agent"]["properties"]
    assert {*STATES, None} == set(ai_agent["resolution_state"]["enum"])


def test_we_know_every_part_type_of_the_examples_of_conversations() -> None:
    known = MESSAGES | REOPENING | ASSIGNING | {"note", "snoozed", "merged_primary_conversation"}
    known |= {"custom_action_started", "custom_action_finished"}
    known |= {"conversation_attribute_updated_by_admin"}
    paths = specification()["paths"]
    shown = [paths[path] for path in paths if path.startswith("/conversations")]
    assert part_types(shown) - {"ticket_state_updated_by_admin"} <= known


def part_types(example: object) -> set[str]:
    if isinstance(example, list):
        return set().union(*map(part_types, example))
    if not isinstance(example, dict):
        return set()
    found = part_types(list(example.values()))
    return found | {example["part_type"]} if isinstance(example.get("part_type"), str) else found
