"""Requests as people may see them, and as commands."""

from __future__ import annotations

import subprocess

import pytest

from contracts.model.rendered_requests import as_curl, masked, rendered
from contracts.model.webhooks import WebhookRequest


PARAMETERS = {"consumerName": "Till's"}


def request(**changes):
    return WebhookRequest(**{"method": "post", "url": "https://ci.example.org/x", **changes})


def test_a_rendered_request_is_filled_and_has_no_secret():
    hook = request(
        url="https://ci.example.org/${pactbroker.consumerName}?t=abcdef",
        headers={"authorization": "Bearer abcdef", "x-of": "${pactbroker.consumerName}"},
        body={"of": "${pactbroker.consumerName}", "token": "abcdef"},
    )
    shown = rendered(hook, PARAMETERS)
    assert shown.document() == {
        "method": "POST",
        "url": "https://ci.example.org/Till%27s?t=**********",
        "headers": {"authorization": "**********", "x-of": "Till's"},
        "body": {"of": "Till's", "token": "**********"},
    }


def test_a_request_that_cannot_be_filled_says_why():
    shown = rendered(request(url="https://ci.example.org/${pactbroker.consumerName}/x"), {"consumerName": ".."})
    assert "becomes '..'" in shown.document()["problem"]


def test_a_long_body_is_cut_in_the_record():
    assert len(masked(request(body="a" * 20_000)).document()["body"]) == 10_001


def test_basic_authentication_is_a_masked_header():
    shown = rendered(request(username="me", password="secret"), {})
    assert shown.headers == {"authorization": "**********"}


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, []),
        (
            {"headers": {"authorization": "token abcdef", "x-empty": ""}, "body": {"it's": "abcdef"}},
            [
                "--header 'content-type: application/json'",
                "--header 'authorization: <AUTHORIZATION>'",
                "--header 'x-empty;'",
                """--data-raw '{"it'"'"'s": "<SECRET>"}'""",
            ],
        ),
        (
            {"headers": {"content-type": "text/plain"}, "body": "@file; $(rm x)"},
            ["--header 'content-type: text/plain'", "--data-raw '@file; $(rm x)'"],
        ),
    ],
)
def test_a_command_sends_the_request_with_placeholders_for_secrets(changes, options):
    lines = ["curl --globoff --request POST https://ci.example.org/x", *options]
    assert as_curl(masked(request(**changes))) == " \\\n  ".join(lines)


def test_a_shell_reads_every_argument_of_the_command_unchanged():
    """Names and bodies are written by others: none may leave its argument."""
    body = "'; echo $HOME `id` \"\\\n&"
    command = as_curl(masked(request(headers={"x-of": "a'b"}, body=body))).replace("curl", "printf '%s\\0'", 1)
    output = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert output.split("\0")[-3:-1] == ["--data-raw", body]
