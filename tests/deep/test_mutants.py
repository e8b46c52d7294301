"""The mutants themselves: what is changed, and that the lists speak of what is there."""

import pytest

from recount.project import ROOT
from tests.deep.mutants import Target, equivalents, line_of, targets
from tests.deep.mutating import of_python, of_sql


def test_sql_has_a_mutant_for_each_operator_and_none_in_texts_or_comments() -> None:
    text = "select a > 1 -- b < c\nfrom x\nwhere d = ' < ' and not e <= f"
    found = [mutant.of(text).splitlines()[-1] for mutant in of_sql(text)][1:]
    assert found == [
        "where d <> ' < ' and not e <= f",
        "where d = ' < ' or not e <= f",
        "where d = ' < ' and e <= f",
        "where d = ' < ' and not e < f",
    ]


def test_python_has_a_mutant_for_each_operator_and_number_and_none_in_texts() -> None:
    text = 'x = "a < b" if c < 1 and not d else min(e, -2)\n'
    assert [mutant.of(text).strip() for mutant in of_python(text)] == [
        'x = "a < b" if c <= 1 and not d else min(e, -2)',
        'x = "a < b" if c < 2 and not d else min(e, -2)',
        'x = "a < b" if c < 1 or not d else min(e, -2)',
        'x = "a < b" if c < 1 and  d else min(e, -2)',
        'x = "a < b" if c < 1 and not d else max(e, -2)',
        'x = "a < b" if c < 1 and not d else min(e, -3)',
    ]


@pytest.mark.parametrize("target", targets([]), ids=lambda target: target.file.stem)
def test_every_target_has_mutants_and_its_tests_are_there(target: Target) -> None:
    assert target.mutants()
    assert all((ROOT / test).exists() for test in target.tests)


def test_every_mutant_that_is_said_to_change_nothing_is_made() -> None:
    made = {
        (str(target.file), *line_of(target, mutant))
        for target in targets([])
        for mutant in target.mutants()
    }
    assert set(equivalents()) <= made
