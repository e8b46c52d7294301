"""The JSON Schema of a contract, made of the model, so that editors complete and explain it.

`python -m recount.contract.schema` writes it to `contracts/schema.json`.
"""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from recount.contract.model import Contract
from recount.project import ROOT

SCHEMA = ROOT / "contracts" / "schema.json"


class _ForEditors(GenerateJsonSchema):
    """Leaves out what only distracts: made-up titles, and null for what may be left out."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        described = super().default_schema(schema)
        if described.get("default", ...) in (None, {}, []):
            del described["default"]
        return described

    def dict_schema(self, schema: core_schema.DictSchema) -> dict[str, Any]:
        described = super().dict_schema(schema)
        if "patternProperties" in described:  # else a misspelt name would pass
            described["additionalProperties"] = False
        return described


def schema_text() -> str:
    """Return the JSON Schema (draft 2020-12) as it is checked in."""
    described = Contract.model_json_schema(by_alias=True, schema_generator=_ForEditors)
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | described, indent=2, ensure_ascii=False) + "\n"


def rewrite(path: Path = SCHEMA) -> None:
    """Write the schema to its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
