"""The address under which a client knows the broker."""

from __future__ import annotations

import pytest

from contracts.broker.api.base_urls import resolve


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "http://inside:9292"),
        ({"x-forwarded-host": "broker.example"}, "http://broker.example"),
        ({"x-forwarded-host": "broker.example, proxy", "x-forwarded-proto": "https"}, "https://broker.example"),
        ({"x-forwarded-scheme": "https", "x-forwarded-host": "a:8443"}, "https://a:8443"),
        ({"x-forwarded-ssl": "on", "x-forwarded-host": "a"}, "https://a"),
        ({"x-forwarded-proto": "https", "x-forwarded-port": "8443", "x-forwarded-host": "a"}, "https://a"),
        ({"x-forwarded-host": ""}, "http://inside:9292"),
    ],
)
def test_without_configuration_it_is_the_request_s_own_url_behind_a_proxy_too(headers, expected):
    assert resolve((), headers, "http", "inside:9292") == expected


def test_one_configured_address_is_always_the_answer():
    headers = {"x-forwarded-host": "elsewhere"}

    assert resolve(("https://broker.example/pact/",), headers, "http", "inside") == "https://broker.example/pact"


def test_of_several_it_is_the_one_by_which_the_request_came():
    configured = ("https://one.example", "http://two.example/")

    assert resolve(configured, {"x-forwarded-host": "two.example"}, "http", "inside") == "http://two.example"
    assert resolve(configured, {}, "http", "two.example") == "http://two.example"
    assert resolve(configured, {"x-forwarded-host": "x"}, "https", "one.example") == "https://one.example"
    assert resolve(configured, {}, "http", "three.example") == "https://one.example"
