"""Provider states behind an address: what they answer, and what is told of their failures."""

from __future__ import annotations

import pytest
import requests

from contracts.pipeline.states import State, StateHandlers, serve


@pytest.fixture
def ask():
    """Ask a handler over its address, as the verifier does."""

    def ask(handlers, state, action="setup", **params):
        with serve(handlers) as url:
            body = {"state": state, "action": action, "params": params}
            answer = requests.post(url, json=body, timeout=5)
        return answer.status_code, answer.json()

    return ask


def problems(handlers):
    return [problem for call in handlers.calls for problem in call.problems]


def raising(error):
    def handler(*_):
        raise error

    return handler


def test_a_state_gets_its_parameters_and_may_return_values(ask):
    handlers = StateHandlers({"a product exists": lambda parameters: {"id": parameters["id"] + 1}})
    assert ask(handlers, "a product exists", id=9) == (200, {"id": 10})
    assert problems(handlers) == []


def test_a_state_without_values_answers_an_empty_object(ask):
    assert ask(StateHandlers({"fine": lambda _: None}), "fine") == (200, {})


def test_no_state_is_no_error(ask):
    """Pact asks for the state "" where an interaction has none."""
    handlers = StateHandlers({})
    assert ask(handlers, "") == (200, {})
    assert problems(handlers) == []


def test_an_unknown_state_is_refused_with_the_states_there_are(ask):
    handlers = StateHandlers({"b": lambda _: None, "a": lambda _: None})
    assert ask(handlers, "typo")[0] == 422
    [problem] = problems(handlers)
    assert problem == "provider state 'typo' (setup) is unknown; the provider knows: 'a', 'b'"


def test_a_provider_without_states_says_so():
    handlers = StateHandlers({})
    assert handlers.change("x", "setup", {}) is None
    assert problems(handlers)[0].endswith("the provider knows: none")


@pytest.mark.parametrize("error", [KeyError("id"), SystemExit("over"), AssertionError("no")])
def test_a_state_that_raises_is_refused_with_what_it_raised(ask, error):
    handlers = StateHandlers({"bad": raising(error)})
    assert ask(handlers, "bad")[0] == 422
    [problem] = problems(handlers)
    assert problem == f"provider state 'bad' (setup) raised {type(error).__name__}: {error}"


@pytest.mark.parametrize("values", [{"x": object()}, 5])
def test_values_that_are_no_json_object_are_an_error(ask, values):
    handlers = StateHandlers({"odd": lambda _: values})
    assert ask(handlers, "odd")[0] == 422
    assert "TypeError" in problems(handlers)[0]


def test_teardown_undoes_and_data_is_put_back_after_each_interaction():
    did = []
    handlers = StateHandlers(
        {"s": State(setup=lambda _: did.append("up"), teardown=lambda p: did.append(p["id"])), "t": lambda _: None},
        after_each=lambda: did.append("back"),
    )
    handlers.change("s", "setup", {})
    handlers.change("s", "teardown", {"id": 7})
    handlers.change("t", "teardown", {})
    handlers.change("", "teardown", {})
    assert did == ["up", 7, "back", "back", "back"]


def test_data_is_put_back_when_a_setup_fails_because_no_teardown_follows():
    did = []
    handlers = StateHandlers({"bad": raising(ValueError())}, after_each=lambda: did.append("back"))
    assert handlers.change("bad", "setup", {}) is None
    assert did == ["back"]


def test_what_fails_after_each_interaction_is_an_error():
    handlers = StateHandlers({"s": lambda _: None}, after_each=raising(OSError("disk")))
    assert handlers.change("s", "teardown", {}) is None
    assert problems(handlers)[0] == "provider state 's' (after each) raised OSError: disk"


def test_every_call_is_remembered_with_what_went_wrong_in_it():
    handlers = StateHandlers(
        {"s": lambda _: None, "bad": raising(ValueError("x"))}, after_each=raising(OSError("disk"))
    )
    for state, action in (("s", "setup"), ("s", "teardown"), ("bad", "setup")):
        handlers.change(state, action, {})
    assert [(call.state, call.action, len(call.problems)) for call in handlers.calls] == [
        ("s", "setup", 0),
        ("s", "teardown", 1),
        ("bad", "setup", 2),
    ]
