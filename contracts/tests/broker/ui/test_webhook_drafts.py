"""The form that drafts a webhook, and the same requests as those of the command."""

from __future__ import annotations

import html
import re

import pytest

from contracts.broker.ui.webhook_presets import PRESETS, TOKEN
from contracts.ci import webhook_presets
from contracts.ci.webhook_presets import Receiver


def words(markup):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup.partition("<main")[2]))).strip()


TARGETS = {
    "github": "acme/stock",
    "gitlab": "acme/stock",
    "jenkins": "https://ci.example.org/job/stock",
    "slack": "https://hooks.slack.com/services/T0/B0/x",
    "teams": "https://example.webhook.office.com/x",
}


@pytest.mark.parametrize("service", TARGETS)
def test_the_form_drafts_the_same_request_as_the_command(service):
    preset, target = webhook_presets.PRESETS[service], TARGETS[service]
    token = f"USER:{TOKEN}" if service == "jenkins" else TOKEN
    expected = preset.request(Receiver(target=target, token=token, event=preset.event))
    drafted = PRESETS[service].request(target)
    assert {name: getattr(drafted, name) for name in ("method", "url", "body", "username", "password")} == {
        name: getattr(expected, name) for name in ("method", "url", "body", "username", "password")
    }
    assert dict(drafted.headers) == dict(expected.headers)
    assert PRESETS[service].event == preset.event


def test_the_form_without_a_target_shows_every_service(page):
    shown = page("/ui/webhook")
    assert all(f">{each.label}</option>" in shown for each in PRESETS.values())
    assert all(f"{each.label}: {each.form}" in shown for each in PRESETS.values())
    assert "shown here when the form has a target" in shown


def test_a_draft_is_previewed_and_leads_to_the_form_that_creates_it(page, publish):
    publish("1", branch="release/2")
    query = "service=raw&target=http://127.0.0.1:9/hook&provider=api&branches=main+release/*&event=contract_published"
    shown = page(f"/ui/webhook?{query}")
    assert "contract_published of web 1 and api : ✔ would be sent" in words(shown)
    assert "pact-version" in shown
    (href,) = re.findall(r'href="(/ui/webhook/form[^"]*)"', shown)
    form = page(html.unescape(href))
    assert 'value="http://127.0.0.1:9/hook"' in form
    assert "main\nrelease/*" in form
    assert "Create a webhook…" in page("/webhooks")


def test_a_draft_says_why_it_would_not_be_sent(page, publish):
    publish("1", branch="feat")
    shown = page("/ui/webhook?service=raw&target=http://127.0.0.1:9/x&branches=main&event=contract_published")
    assert "would not be sent It is for the branches main; the consumer version was on the branch feat." in words(shown)
    assert "does not exist yet" in words(page("/ui/webhook?service=raw&target=http://127.0.0.1:9/x&provider=nobody"))
    refused = words(page("/ui/webhook?service=raw&target=ftp://127.0.0.1/x"))
    assert "do not allow the webhook: its url must begin with one of: http, https" in refused


def test_texts_of_the_draft_do_not_become_markup(page):
    shown = page("/ui/webhook?target=%22%3E%3Cscript%3E&provider=%3Cscript%3E&service=typo&event=typo")
    assert "<script>" not in shown
