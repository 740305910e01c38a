"""The examples in the docstrings of the statements about rows: five pacts and results, and which of them are rows."""

from __future__ import annotations

import re

import pytest
from estates import Estate

from contracts.broker.actions.resolution import resolve
from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.matrix import counterexample, history_rows, verdict_rows
from contracts.model.criteria import Numbered
from contracts.model.matrix import MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy


ROW = re.compile(r"    (\w+) (\w+) > (\w+) +(?:none|\w+ (\w+) (True|False)) +(yes|no)\b")


def version(name, number):
    return Selector(pacticipant=name, version_filter=VersionFilter(criteria=(Numbered(number=number),)))


VERSIONS = MatrixQuestion(selectors=(version("Till", "2"), version("Ledger", "7"), version("Stock", "3")))
BOTH = (Selector(pacticipant="Till"), Selector(pacticipant="Ledger"))
NEWEST = MatrixQuestion(selectors=BOTH, most=2)
ONE_EACH = MatrixQuestion(selectors=BOTH, latest_by=LatestBy.CONSUMER_VERSION_AND_PROVIDER, most=1)


@pytest.mark.parametrize(
    ("module", "question", "read"),
    [
        (verdict_rows, VERSIONS, "rows"),
        (history_rows, NEWEST, "rows"),
        (counterexample, ONE_EACH, "counterexample"),
    ],
    ids=["verdict_rows", "history_rows", "counterexample"],
)
def test_the_example_of_the_docstring_is_true(database, clock, module, question, read):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.version("Stock", "3")
    example = ROW.findall(module.__doc__)
    assert len(example) == 5
    pacts = set()
    for consumer, number, provider, by, success, _ in example:
        clock.forward(seconds=1)
        if (consumer, number, provider) not in pacts:
            estate.publish(consumer, number, f"{consumer} {number}", provider=provider)
            pacts.add((consumer, number, provider))
        clock.forward(seconds=1)
        if by:
            estate.verify(consumer, number, by=by, provider=provider, success=success == "True")

    with database.reading() as connection:
        rows = getattr(resolve(connection, question), read)()

    shown = {
        (row.consumer, row.consumer_version.number, row.provider)
        + (("", "") if row.result is None else (row.result.provider_version.number, str(row.success)))
        for row in rows
    }
    assert shown == {tuple(each[:5]) for each in example if each[5] == "yes"}
