"""Which representation a client gets."""

from __future__ import annotations

import pytest

from contracts.broker.api.negotiation import choose, essence


PROVIDED = ("application/hal+json", "application/json", "text/plain")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/hal+json"),
        ("  ", "application/hal+json"),
        ("*/*", "application/hal+json"),
        ("application/*", "application/hal+json"),
        ("text/*", "text/plain"),
        ("application/json", "application/json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        ("text/plain;q=0.1, application/json;q=0.5", "application/json"),
        ("application/json, text/plain", "application/json"),
        ("text/plain, application/json", "text/plain"),
        ("application/json;q=nonsense, text/plain", "text/plain"),
        ("application/json;q=0", None),
        ("image/png", None),
        (",,", None),
    ],
)
def test_the_client_gets_the_media_type_that_it_prefers(accept, chosen):
    assert choose(accept, PROVIDED) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/plain;version=0.0.4", "text/plain;version=0.0.4"),
        ('text/plain; Version="0.0.4" ;q=0.3,*/*;q=0.2', "text/plain;version=0.0.4"),
        ("text/plain;version=0.0.4;q=0.3,*/*;q=0.5", "application/hal+json"),
        ("text/plain;version=1.0.0", None),
        ("text/plain", None),
        ("text/*", None),
        ("*/*", "application/hal+json"),
    ],
)
def test_a_type_with_a_version_is_chosen_only_by_its_version(accept, chosen):
    assert choose(accept, ("application/hal+json", "text/plain;version=0.0.4")) == chosen


def test_a_content_type_is_compared_without_parameters_and_case():
    assert essence(" Application/JSON ; charset=utf-8") == "application/json"
