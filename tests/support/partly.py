"""Some models of a month, where a test looks at no others: a third of what all of them take."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from recount import dbt_build
from recount.earlier import EarlierMonths
from recount.month import Month
from recount.pins import pins_of
from recount.recounting import recounted
from recount.warehouse import Reading


@contextmanager
def partly_recounted(month: Month, *models: str) -> Iterator[Reading]:
    """Build some models of a month that was landed with all that they read, and no data tests.

    The models, their SQL and what they read are those of a whole build, which leaves more out.
    """
    streams = {source: pin["streams"] for source, pin in pins_of(month).items()}
    left = EarlierMonths.of(None).balances(month.contract, month.period)
    unused = dbt_build._without
    only = ["--exclude-resource-type", "test", "--select", *(f"+{model}" for model in models)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_build, "_without", lambda systems: [*unused(systems), *only])
        with recounted(month, month.contract, streams, left) as built:
            yield built
