"""The contents of a database, by which a backup is compared with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.broker.store.backups.errors import BackupError
from contracts.broker.store.backups.facts import Facts, require_equal


FACTS = Facts(revision="0007", rows={"tags": 2, "versions": 3}, newest_pact="web 1 with api (0123abcd)")


def test_equal_contents_are_accepted():
    require_equal(FACTS, replace(FACTS))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rows": {"tags": 2, "versions": 2}}, "the table versions has 2 rows instead of 3"),
        ({"rows": {"versions": 3}}, "the table tags has 0 rows instead of 2"),
        ({"revision": "0008"}, "its revision is 0008 instead of 0007"),
        ({"newest_pact": None}, r"its newest pact is None instead of web 1 with api \(0123abcd\)"),
    ],
)
def test_each_difference_is_named(change, reason):
    with pytest.raises(BackupError, match=f"{reason}. Do not use this backup"):
        require_equal(FACTS, replace(FACTS, **change))
