"""Message contracts: functions produce the messages, and the official verifier compares them."""

from __future__ import annotations

import json

import pytest
from fastapi import FastAPI
from pact import Pact, match

from contracts.client import UsageError
from contracts.verification.messages import Message
from contracts.verification.verify import Files, VerificationFailed, verify


@pytest.fixture
def pacts(tmp_path):
    """Write a pact with messages of the given descriptions, each with an id and a topic."""

    def pacts(*descriptions):
        for description in descriptions:
            pact = Pact("web", "stock")
            (
                pact.upon_receiving(description, "Async")
                .with_body({"id": match.str("10")}, "application/json")
                .with_metadata({"topic": "prices"})
            )
            pact.write_file(tmp_path)
        return Files(paths=(tmp_path,))

    return pacts


def verified(source, messages, **options):
    return verify(provider="stock", source=source, messages=messages, version="1", branch=None, **options)


def produce():
    return Message(body=b'{"id": "3"}', metadata={"topic": "prices"})


def test_a_provider_that_has_only_messages_is_verified(pacts):
    (interaction,) = verified(pacts("a change"), {"a change": produce}).interactions
    assert (interaction.description, interaction.success) == ("a change", True)


@pytest.mark.parametrize(
    ("producer", "problem"),
    [
        (lambda: Message(body=b"{}", metadata={"topic": "prices"}), "missing the following keys: id"),
        (lambda: {"id": "3"}, "Expected message metadata 'topic' but was missing"),
        (lambda: 1 / 0, "the function for the message 'a change' raised ZeroDivisionError: division by zero"),
    ],
    ids=["another body", "no metadata", "an error"],
)
def test_a_message_that_breaks_the_contract_fails(pacts, producer, problem):
    with pytest.raises(VerificationFailed, match=problem):
        verified(pacts("a change"), {"a change": producer})


def test_a_message_without_a_function_fails_even_if_the_contract_accepts_any_text(tmp_path):
    pact = Pact("web", "stock")
    pact.upon_receiving("a note", "Async").with_body("", "text/plain")
    pact.write_file(tmp_path)
    with pytest.raises(VerificationFailed, match="no function produces the message 'a note'; there are functions for"):
        verified(Files(paths=(tmp_path,)), {"another": produce})


def test_messages_and_requests_are_verified_in_one_run(pacts, tmp_path):
    app = FastAPI()

    @app.post("/")
    def echo(document: dict[str, str]) -> dict[str, str]:
        return document

    source = pacts("a change")
    pact = Pact("web", "stock")
    (
        pact.upon_receiving("a request")
        .with_request("POST", "/")
        .with_body(json.dumps({"name": "x"}), "application/json")
        .will_respond_with(200)
        .with_body({"name": "x"}, "application/json")
    )
    pact.write_file(tmp_path)

    report = verified(source, {"a change": produce}, app=app)

    assert {each.description: each.success for each in report.interactions} == {"a change": True, "a request": True}


def test_messages_of_a_provider_in_another_process_are_refused(pacts):
    with pytest.raises(UsageError, match="or its messages"):
        verified(pacts("a change"), {"a change": produce}, base_url="http://127.0.0.1:9")
