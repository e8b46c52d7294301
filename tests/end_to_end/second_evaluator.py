"""A second evaluator: bare Python, `evaluator.py` by its path, and the files as they were exported.

python -I -S second_evaluator.py EVALUATOR CONTRACT_JSON EVENTS_CSV SUBJECTS_CSV AS_OF
"""

import csv
import importlib.util
import json
import sys
from datetime import datetime
from decimal import Decimal
from typing import Any


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def loaded(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("evaluator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["evaluator"] = module
    spec.loader.exec_module(module)
    return module


def table(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main(
    evaluator_path: str, contract_path: str, events_path: str, subjects_path: str, as_of: str
) -> None:
    evaluator = loaded(evaluator_path)
    with open(contract_path, encoding="utf-8") as file:
        contract = json.load(file)
    events = [
        evaluator.Event(
            row["event_id"], row["subject_id"], row["subject_type"], row["event_type"],
            instant(row["occurred_at"]), row["actor_type"],
            Decimal(row["value"]) if row["value"] else None, row["unit"] or None,
        )
        for row in table(events_path)
    ]  # fmt: skip
    subjects = [
        evaluator.Subject(
            row["subject_id"], row["subject_type"], None, row["requester_key"] or None
        )
        for row in table(subjects_path)
    ]
    shown = contract["sources"]["helpdesk"]["shows"]
    coverage = {kind: evaluator.Coverage(None, instant(as_of)) for kind in shown}
    log = evaluator.Log(events, subjects, coverage, instant(as_of))
    verdicts = [
        [each.event.subject_id, each.event.event_id, name, clause.verdict, clause.event_id]
        for each in evaluator.candidates(contract["outcomes"]["resolution"], log)
        if each.event.occurred_at.isoformat().startswith("2026-03")
        for name, clause in each.clauses.items()
    ]
    print(json.dumps(sorted(verdicts)))


if __name__ == "__main__":
    main(*sys.argv[1:])
