"""What every mapping of a contract has in common."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A mapping of the contract: it knows its keys, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def refuse(because: str, *at: str | int) -> PydanticCustomError:
    """Return the error for a mapping whose keys do not fit together, at one of the keys in it."""
    return PydanticCustomError("refused", "{because}", {"because": because, "at": at})
