"""The tests that a verification of a provider consists of, by their node identifiers."""

from __future__ import annotations

import pytest
from fake_verifications import interaction, pact

from contracts.client.documents import pact_from
from contracts.testing.items import EveryPact, OneInteraction, Results, entries, explained, items
from contracts.verification.interactions import Interaction, parts
from contracts.verification.sources import PactPlan, Planned


def planned(document, version=None, problem=None):
    consumer = document["consumer"]["name"]
    links = {"pb:consumer-version": {"href": "/x", "name": version}}
    read = pact_from({**document, "_links": links}) if version else None
    url = f"http://broker/{consumer}/{version}" if version else None
    what = f"the pact of {consumer}"
    return Planned(
        what=what, consumer=consumer, parts=() if problem else parts(document), pact=read, url=url, problem=problem
    )


def names(*pacts):
    return list(items(entries(PactPlan(broker=None, pacts=pacts))))


def test_each_interaction_is_a_test_with_the_consumer_description_and_states_and_the_results_are_the_last_one():
    document = pact(interaction("a product"), interaction("a product", states=[("it exists", {"id": 1}), ("B", {})]))
    tests = items(entries(PactPlan(broker=None, pacts=(planned(document),))))
    assert list(tests) == ["web:a_product", "web:a_product:it_exists:B", "results"]
    assert [type(each) for each in tests.values()] == [OneInteraction, OneInteraction, Results]


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("GET /products?type=tea [all]", "web:GET_products_type_tea_all"),
        ("a\n'b' and \"c\" or not (d)", "web:a_b_and_c_or_not_d"),
        ("???", "web:_"),
        ("x" * 200, f"web:{'x' * 80}"),
    ],
)
def test_a_name_is_one_word_for_the_option_k_and_for_shells(description, name):
    assert names(planned(pact(interaction(description)))) == [name, "results"]


def test_names_are_unique():
    alike = pact(interaction("one"), interaction("one"), interaction("one!"))
    assert names(planned(alike)) == ["web:one", "web:one-2", "web:one-3", "results"]
    document = pact(interaction("one"))
    assert names(planned(document, "1f3a9c77aa"), planned(document, "2b")) == [
        "web@1f3a9c77:one",
        "web@2b:one",
        "results",
    ]


def test_a_pact_that_cannot_be_verified_is_a_test():
    assert names(planned(pact(), problem="no JSON")) == ["web:unreadable", "results"]


@pytest.mark.parametrize("pacts", [(), (planned(pact()),)], ids=["no pact", "no interaction"])
def test_without_interactions_one_test_decides(pacts):
    assert items(entries(PactPlan(broker=None, pacts=pacts))) == {"every_pact": EveryPact()}


def test_a_hostile_description_is_no_command():
    text = "one\n::error title=Scan::forged\n##[add-mask]e\n\x1b]0;title\x07"
    [part] = parts(pact(interaction(text, states=[(text, {"id": text})])))
    outcome = Interaction(
        consumer=text, description=text, states=(text,), success=False, pending=False, problems=(text,)
    )
    for line in explained(outcome, part).splitlines():
        assert not line.lstrip().startswith("::")
        assert not {"##[", "\x1b", "\x07"} & {line[at : at + size] for at in range(len(line)) for size in (1, 3)}


def test_a_failure_shows_the_states_the_request_and_every_problem():
    [part] = parts(pact(interaction("one", states=[("it exists", {"id": 1})])))
    outcome = Interaction(
        consumer="web", description="one", states=("it exists",), success=False, pending=False, problems=("no", "\x1b!")
    )
    assert explained(outcome, part).splitlines() == [
        "web: one",
        "  given 'it exists' with {\"id\": 1}",
        "  request GET /products/10",
        "  ✗ no",
        "  ✗ \N{REPLACEMENT CHARACTER}!",
    ]
