"""Bodies as lines, and where long objects and lists in them can be folded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contracts.model.body_lines import LEAST_FOLDED, lines
from contracts.model.matching_rules import Rules


VALUES = st.recursive(
    st.one_of(st.integers(), st.sampled_from(["{", "]", ""])),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=2), inner, max_size=8),
    max_leaves=60,
)


def marks(value, most=1_000):
    shown, _ = lines(value, Rules(), most=most)
    return [(each.folds, each.closes) for each in shown]


def test_a_long_list_in_a_body_can_be_folded_and_a_short_one_cannot():
    assert marks({"short": [1, 2, 3], "long": [1, 2, 3, 4]}) == [
        *[(0, 0)] * 6,
        (5, 0),
        *[(0, 0)] * 4,
        (0, 1),
        (0, 0),
    ]


def test_the_whole_body_is_folded_elsewhere():
    assert set(marks(list(range(50)))) == {(0, 0)}


def test_what_is_open_at_the_end_of_a_cut_body_ends_there():
    assert marks({"a": {"b": list(range(50))}}, most=10) == [(0, 0), (8, 0), (7, 0), *[(0, 0)] * 6, (0, 2)]


@given(VALUES, st.integers(1, 80))
def test_each_fold_has_an_end(value, most):
    depth = 0
    for folds, closes in marks(value, most):
        depth += bool(folds)
        assert folds == 0 or folds >= LEAST_FOLDED
        depth -= closes
        assert depth >= 0
    assert depth == 0
