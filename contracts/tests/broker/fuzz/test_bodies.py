"""A valid body with one thing wrong in it is refused with a reason, or taken for what it says: never an error."""

from __future__ import annotations

import json
from typing import Any

import invalid_values
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from valid_requests import VALID

from contracts.broker import urls


ONLY_AFTER_SIGN_IN = {("POST", urls.SESSION_TOKENS)}
"""Routes whose body has a code that a person gets from the browser; test_session_tokens.py covers them."""

every_valid_request = pytest.mark.parametrize("valid", VALID, ids=str)


@st.composite
def wrong(draw: st.DrawFn, document: dict[str, Any]) -> bytes:
    """*document* with another value in one place, or nothing; with every key twice; or no such document at all."""
    changed = st.sampled_from(list(invalid_values.places(document)))
    return draw(
        st.builds(
            lambda place, value: _encoded(invalid_values.replaced(document, place, value)),
            changed,
            invalid_values.values,
        )
        | st.builds(lambda place: _encoded(invalid_values.without(document, place)), changed)
        | st.builds(lambda value: invalid_values.doubled(document, value), invalid_values.values)
        | invalid_values.bodies
    )


def _encoded(document: object) -> bytes:
    return json.dumps(document).encode()


@every_valid_request
def test_a_valid_body_is_accepted(fuzzed, valid):
    assert fuzzed.ask(valid.request(fuzzed.settled)).status < 300


def test_every_route_with_a_body_has_a_valid_request(fuzzed):
    takes = {(method, each.path) for each in fuzzed.operations if each.body for method in each.methods}

    assert takes - {(valid.method, valid.template) for valid in VALID} == ONLY_AFTER_SIGN_IN


@every_valid_request
@settings(max_examples=examples(25), deadline=None)
@given(st.data())
def test_a_body_with_one_wrong_value_never_fails_the_broker(fuzzed, valid, data):
    fuzzed.ask(valid.request(fuzzed.settled, data.draw(wrong(valid.document))))
