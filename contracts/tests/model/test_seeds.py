"""Plans of any size; a question has a response of the same size in each."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.model import seeds


@pytest.mark.parametrize("pacts", [1, 500, 10_000, 100_000, 1_000_000])
def test_a_plan_has_at_least_the_requested_number_of_pacts(pacts):
    plan = seeds.plan(pacts)
    pact_count = len(plan.pairs) * plan.rounds
    assert pacts <= pact_count <= max(1.5 * pacts, 200)


def test_portal_and_popular_provider_have_the_same_size_in_every_plan():
    for plan in map(seeds.plan, (10_000, 1_000_000)):
        assert sum(each.consumer == plan.portal for each in plan.pairs) == 300
        assert sum(each.provider == plan.popular for each in plan.pairs) == 300


def test_no_pair_occurs_twice():
    plan = seeds.plan(3_000)
    assert len(set(plan.pairs)) == len(plan.pairs)
    assert {name for each in plan.pairs for name in (each.consumer, each.provider)} == set(plan.applications)


def test_the_same_numbers_make_the_same_plan():
    assert list(seeds.plan(400, 7).contracts()) == list(seeds.plan(400, 7).contracts())
    assert list(seeds.plan(400, 7).contracts()) != list(seeds.plan(400, 8).contracts())


def test_old_features_are_verified():
    plan = seeds.plan(40_000)
    waiting = Counter(
        round_ for round_, round_contracts in plan.contracts() for each in round_contracts if not each.verified
    )
    assert waiting
    assert min(waiting) > plan.rounds - 8


def test_contracts_are_equal_if_their_revisions_are():
    pair = seeds.plan(100).pairs[0]
    texts = [seeds.text(pair, seeds.Revision(generation=each)) for each in range(7)]
    assert len(set(texts)) == len(texts)
    assert seeds.text(pair, seeds.Revision(generation=3)) == texts[3]
    assert len(seeds.document(pair, seeds.Revision(generation=3, feature=2))["interactions"]) == 4
