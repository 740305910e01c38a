"""What the verifier answers, read strictly: failures find their interaction, interactions their pact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.pipeline.interactions import Interaction, by_pact, failures, gaps, read
from contracts.pipeline.sources import Expected
from contracts.pipeline.states import Call


def result(description="one", *, states=(), ok=True, consumer="web", pending=False, message=None):
    return {
        "consumer": consumer,
        "description": description,
        "providerStates": list(states),
        "result": "OK" if ok else "Error",
        "pending": pending,
        **({} if message is None else {"mismatch": {"message": message}}),
    }


def calls(*states, action="setup", problem=None):
    return [Call(state=state, action=action, problems=(problem,) if problem else ()) for state in states]


def interaction(description, *, consumer="web", success=True):
    return Interaction(
        consumer=consumer, description=description, states=(), success=success, pending=False, problems=()
    )


def expected(*descriptions, consumer="web", what="a pact"):
    return Expected(what=what, consumer=consumer, interactions=descriptions)


SETUP = "One or more of the setup state change handlers has failed"


def test_what_a_state_raised_stands_in_place_of_the_verifiers_word():
    outcome = {"interactionResults": [result(states=["a", "b"], ok=False, message=SETUP)]}
    made = [*calls("a"), *calls("b", problem="disk")]
    (found,), strayed = read(outcome, made)
    assert (found.problems, strayed) == (("disk",), ())


def test_without_a_word_of_a_state_the_verifiers_stands():
    outcome = {"interactionResults": [result(states=["a"], ok=False, message=SETUP)]}
    (found,), _ = read(outcome, calls("a"))
    assert found.problems == (SETUP,)


def test_a_state_that_failed_is_a_failure_of_its_own_interaction_alone():
    """Also where the verifier passes it, and where the next interaction is in the same state."""
    outcome = {"interactionResults": [result("one", states=["a"]), result("two", states=["a"], pending=True, ok=False)]}
    made = [
        *calls("a"),
        *calls("a", action="teardown", problem="disk"),
        *calls("a", problem="typo"),
    ]
    (one, two), strayed = read(outcome, made)
    assert (one.success, one.problems, two.problems, strayed) == (False, ("disk",), ("typo",), ())
    assert failures({"result": True, "errors": []}, (one, two), strayed) == ["web: one: disk"]


def test_an_interaction_without_states_has_its_calls_too():
    outcome = {"interactionResults": [result()]}
    made = [*calls(""), *calls("", action="teardown", problem="disk")]
    (found,), strayed = read(outcome, made)
    assert (found.problems, strayed) == (("disk",), ())


def test_a_failed_state_that_belongs_to_no_interaction_fails_the_run():
    found, strayed = read({"interactionResults": []}, calls("s", problem="it broke"))
    assert failures({"result": True, "errors": []}, found, strayed) == ["it broke"]


def test_a_failure_without_any_reason_is_still_a_failure():
    outcome = {"result": False, "errors": []}
    assert failures(outcome, (), ()) == ["The verifier failed without a reason; see its output above."]


@pytest.mark.parametrize("outcome", [True, False])
def test_an_error_of_no_interaction_is_a_failure_of_its_own(outcome):
    error = {"interaction": "Failed to load pact", "mismatch": {"message": "404"}}
    assert failures({"result": outcome, "errors": [error]}, (), ()) == ["Failed to load pact: 404"]


def test_two_pacts_of_a_consumer_are_told_apart_by_their_order():
    found = [interaction("one"), interaction("two"), interaction("one", success=False)]
    first, second = by_pact([expected("two", "one"), expected("one")], found)
    assert (first.passed, second.passed) == (True, False)


def test_an_interaction_is_not_counted_for_two_pacts():
    verified = by_pact([expected("one", what="the first"), expected("one", what="the second")], [interaction("one")])
    assert [each.passed for each in verified] == [True, False]
    assert gaps(verified) == ["Not all of the second was verified: it has 1 interactions."]


def test_what_nobody_expected_is_no_gap():
    """A pact that was published between the two questions."""
    found = [interaction("new"), interaction("one"), interaction("x", consumer="tv")]
    assert gaps(by_pact([expected("one")], found)) == []


PACTS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), max_size=4)


@given(pacts=PACTS)
def test_what_was_verified_as_a_whole_has_no_gap(pacts):
    found = [interaction(description) for pact in pacts for description in pact]
    verified = by_pact([expected(*pact) for pact in pacts], found)
    assert all(each.passed for each in verified)


@given(pacts=PACTS.filter(bool), data=st.data())
def test_whatever_is_missing_there_is_a_gap(pacts, data):
    found = [interaction(description) for pact in pacts for description in pact]
    del found[data.draw(st.integers(0, len(found) - 1))]
    assert gaps(by_pact([expected(*pact) for pact in pacts], found))
