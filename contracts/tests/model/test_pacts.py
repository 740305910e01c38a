"""Whether a pact's content is new."""

from __future__ import annotations

import pytest

from contracts.model.pacts import Predecessor, compare


def before(tag, pact_version_id):
    return Predecessor(tag=tag, pact_version_id=pact_version_id)


@pytest.mark.parametrize(
    ("predecessors", "changed", "comment"),
    [
        ([before("dev", None)], True, "the first contract with tag dev"),
        ([before("dev", 7)], True, "changed since the previous version with tag dev"),
        ([before("dev", 8)], False, "the same content as before with tag dev"),
        ([before("dev", 8), before("prod", 8)], False, "the same content as before with tags dev, prod"),
        ([before("dev", 8), before("prod", None)], True, "the first contract with tag prod"),
        ([before(None, None)], True, "the first contract without tags"),
        ([before(None, 7)], True, "changed since the previous version without tags"),
        ([before(None, 8)], False, "the same content as the previous version without tags"),
    ],
)
def test_any_difference_from_a_predecessor_is_a_change(predecessors, changed, comment):
    change = compare(8, predecessors)
    assert (change.changed, change.comment) == (changed, comment)
