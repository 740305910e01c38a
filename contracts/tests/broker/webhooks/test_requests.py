"""Sending a request, and what is written down of it."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from listeners import CERTIFICATE, Listener, Reply

from contracts.broker.settings import Settings
from contracts.broker.webhooks import requests
from contracts.broker.webhooks.deadlines import Deadline
from contracts.model import signatures
from contracts.model.signatures import Signing
from contracts.model.webhooks import STARS, WebhookRequest


NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
UNSIGNED = Signing(id="d-1", at=NOW)


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture
def settings():
    return allowing(webhook_host_whitelist=("127.0.0.1",))


def allowing(**settings):
    """Settings that allow http, and some methods."""
    return Settings(
        webhook_scheme_whitelist=("http", "https"), webhook_http_method_whitelist=("POST", "GET"), **settings
    )


def sent_by(settings, request, parameters=(), signing=UNSIGNED):
    return requests.send(settings, request, dict(parameters), signing, Deadline(requests.SECONDS))


@pytest.fixture
def send(listener, settings):
    def send(path="/hook", parameters=(), **request):
        return sent_by(
            settings, WebhookRequest(**{"method": "POST", "url": listener.url + path, **request}), parameters
        )

    return send


def test_a_request_is_filled_and_sent_and_gets_a_response(send, listener):
    listener.answers["/hook"] = Reply(201, b'{"ok": true}', {"X-Answer": "yes"})
    sent = send(
        "/hook?v=${pactbroker.consumerVersionNumber}",
        {"consumerVersionNumber": "1 2", "consumerName": "Till é"},
        method="post",
        headers={"x-name": "${pactbroker.consumerName}"},
        body={"name": "${pactbroker.consumerName}"},
    )
    (arrived,) = listener.wait_for(1)
    assert (arrived.method, arrived.path, arrived.json) == ("POST", "/hook?v=1+2", {"name": "Till é"})
    assert arrived.headers["x-name"].encode("latin-1").decode() == "Till é"
    assert (arrived.headers["accept"], arrived.headers["user-agent"]) == ("*/*", "contracts-broker")
    assert (sent.success, sent.error) == (True, "")
    assert (sent.response.status, sent.response.body, sent.response.headers["x-answer"]) == (201, '{"ok": true}', "yes")


@pytest.mark.parametrize(
    ("body", "sent_body", "content_type"),
    [
        (None, b"", None),
        ("a=1", b"a=1", "application/x-www-form-urlencoded"),
        ({"a": "é"}, '{"a": "é"}'.encode(), "application/json"),
        ([], b"[]", "application/json"),
        (5, b"5", "application/json"),
    ],
)
def test_a_body_is_sent_with_the_content_type_of_its_kind(send, listener, body, sent_body, content_type):
    send(body=body)
    (arrived,) = listener.wait_for(1)
    assert (arrived.body, arrived.headers.get("content-type")) == (sent_body, content_type)


@pytest.mark.parametrize(
    ("method", "content_type", "sent_body"),
    [
        ("POST", "application/json", b"null"),
        ("POST", "application/vnd.x+json", b"null"),
        ("POST", "text/plain", b""),
        ("GET", "application/json", b""),
    ],
)
def test_a_missing_body_is_null_if_the_header_announces_json(send, listener, method, content_type, sent_body):
    send(method=method, headers={"content-type": content_type})
    assert listener.wait_for(1)[0].body == sent_body


def test_an_own_content_type_stays(send, listener):
    send(body="{}", headers={"content-type": "text/plain"})
    assert listener.wait_for(1)[0].headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("username", "password", "authorization"),
    [("u", "p", "u:p"), ("u", None, "u:"), ("${pactbroker.consumerName}", "é", "Till:é"), (None, "p", None)],
)
def test_a_user_name_replaces_another_authorization(send, listener, username, password, authorization):
    sent = send(
        headers={"authorization": "Bearer t0ken"},
        username=username,
        password=password,
        parameters={"consumerName": "Till"},
    )
    basic = f"Basic {b64encode((authorization or '').encode()).decode()}"
    assert listener.wait_for(1)[0].headers["authorization"] == ("Bearer t0ken" if authorization is None else basic)
    assert sent.headers["authorization"] == STARS


@pytest.mark.parametrize(("status", "success"), [(200, True), (206, True), (207, False), (404, False), (500, False)])
def test_the_settings_decide_which_statuses_are_success(send, listener, status, success):
    listener.answers["/hook"] = Reply(status)
    assert send().success is success


def test_another_status_can_be_success(listener):
    listener.answers["/hook"] = Reply(404)
    settings = allowing(webhook_host_whitelist=("127.0.0.1",), webhook_http_code_success=(404,))
    request = WebhookRequest(method="POST", url=f"{listener.url}/hook")
    assert sent_by(settings, request).success


def test_redirects_are_not_followed(send, listener):
    listener.answers["/hook"] = Reply(307, b"", {"Location": f"{listener.url}/elsewhere"})
    sent = send()
    assert (sent.success, sent.response.status) == (False, 307)
    assert [each.path for each in listener.arrived] == ["/hook"]


def test_the_error_for_a_forbidden_host_names_the_setting(listener):
    sent = sent_by(allowing(), WebhookRequest(method="POST", url=f"{listener.url}/x"))
    assert (sent.success, sent.response) == (False, None)
    assert "PACT_BROKER_WEBHOOK_HOST_WHITELIST" in sent.error
    assert listener.arrived == []


def test_an_unreachable_host_is_an_error(settings):
    sent = sent_by(settings, WebhookRequest(method="POST", url="http://127.0.0.1:1/x"))
    assert sent.error == "127.0.0.1 cannot be reached on port 1 (Connection refused)"


def test_a_missing_response_is_an_error(send, listener, monkeypatch):
    monkeypatch.setattr(requests, "SECONDS", 0.05)
    listener.answers["/hook"] = Reply(hold=threading.Event())
    assert send().error == "No response within 0.05 s"


def test_endless_headers_are_not_a_response(send, listener, monkeypatch):
    monkeypatch.setattr(requests, "SECONDS", 0.3)
    listener.answers["/hook"] = Reply(endless_headers=True)
    sent = send()
    assert (sent.success, sent.response, sent.error) == (False, None, "No response within 0.3 s")


def test_a_response_that_ends_early_still_has_its_status(send, listener):
    listener.answers["/hook"] = Reply(200, b"some", {"Transfer-Encoding": "chunked", "Connection": "close"})
    sent = send()
    assert sent.success
    assert "the response ended early" in sent.response.body


def test_an_endless_response_is_read_until_the_deadline(send, listener, monkeypatch):
    monkeypatch.setattr(requests, "SECONDS", 0.3)
    listener.answers["/hook"] = Reply(endless=True)
    sent = send()
    assert sent.success
    text, _, _ = sent.response.body.partition("\n(the response ended early")  # where less than the maximum arrived
    assert set(text) == {"x"}


def test_the_beginning_of_a_long_response_is_stored(send, listener):
    listener.answers["/hook"] = Reply(200, b"x" * 1_000_000)
    assert send().response.body == "x" * 10_000


def test_tls_is_verified_unless_the_settings_say_otherwise(listener):
    with Listener(tls=True) as secure:
        request = WebhookRequest(method="POST", url=f"{secure.url}/x")
        sent = sent_by(allowing(webhook_host_whitelist=("127.0.0.1",)), request)
        assert sent.error.startswith("The TLS certificate of the host is not trusted: ")
        assert secure.arrived == []
        lax = allowing(webhook_host_whitelist=("127.0.0.1",), disable_ssl_verification=True)
        with pytest.warns(match="Unverified HTTPS request"):
            assert sent_by(lax, request).success
        trusting = allowing(webhook_host_whitelist=("127.0.0.1",), webhook_certificates=(CERTIFICATE,))
        assert sent_by(trusting, request).success
    assert listener.arrived == []


def test_secrets_are_masked_in_a_response_that_repeats_them(send, listener, settings):
    listener.answers["/hook"] = Reply(200, headers={"X-Got": "ECHO", "Set-Cookie": "session=abcdef"}, echo=True)
    sent = send(
        headers={"x-api-key": "k3y-of-ours", "x-auth-token": "${pactbroker.consumerName}"},
        username="someone",
        password='s3cret"quoted',
        parameters={"consumerName": "filled-token"},
        body={"x": 1},
    )
    basic = b64encode(b'someone:s3cret"quoted').decode()
    assert basic in listener.wait_for(1)[0].headers["authorization"]
    shown = requests.log_of(settings, sent) + json.dumps(
        [dict(sent.headers), sent.response.body, dict(sent.response.headers)]
    )
    for secret in ("k3y-of-ours", "filled-token", "s3cret", basic, "abcdef"):
        assert secret not in shown
    assert STARS in sent.response.body


def test_a_secret_that_is_repeated_as_the_name_of_a_header_is_masked(send, listener):
    listener.answers["/hook"] = Reply(200, headers={"X-K3y-of-ours": "yes"})
    headers = send(headers={"x-api-key": "K3y-of-ours"}).response.headers
    assert f"x-{STARS}" in headers
    assert not any("k3y" in each.lower() for each in headers)


def test_half_of_a_secret_at_the_end_of_a_cut_response_is_not_shown(send, listener):
    """A long secret that is repeated gets short, so the end of what was read is shown."""
    secret = "k3y-" + "0123456789" * 400
    listener.answers["/hook"] = Reply(200, f"token={secret}&".encode() * 8)
    body = send(headers={"x-api-key": secret}).response.body
    assert body == f"token={STARS}&" * body.count(STARS) + "token="


def test_a_delivery_is_signed_over_the_bytes_that_arrive(listener, settings):
    secret = signatures.generate()
    signing = Signing(id="d-1", at=NOW, secrets=(secret, signatures.generate()))
    request = WebhookRequest(method="POST", url=f"{listener.url}/hook", body={"name": "${pactbroker.consumerName}"})
    sent_by(settings, request, {"consumerName": "Till é"}, signing)
    (arrived,) = listener.wait_for(1)
    assert signatures.verify(secret, arrived.headers, arrived.body, NOW) == "d-1"
    assert arrived.headers["idempotency-key"] == "d-1"


def test_a_header_of_the_webhook_wins_over_a_signature(listener, settings):
    signing = Signing(id="d-1", at=NOW, secrets=(signatures.generate(),))
    request = WebhookRequest(method="POST", url=f"{listener.url}/hook", headers={"webhook-signature": "mine"})
    sent_by(settings, request, (), signing)
    (arrived,) = listener.wait_for(1)
    assert arrived.headers["webhook-signature"] == "mine"
    assert "webhook-id" not in arrived.headers


def test_neither_a_signature_nor_its_secret_is_shown_even_if_the_receiver_repeats_them(listener, settings):
    secret = signatures.generate()
    signing = Signing(id="d-1", at=NOW, secrets=(secret,))
    listener.answers["/hook"] = Reply(200, f"{secret} {secret[6:]}".encode())
    request = WebhookRequest(method="POST", url=f"{listener.url}/hook", body="text")
    repeated = sent_by(settings, request, (), signing)
    listener.answers["/hook"] = Reply(200, echo=True)
    echoed = sent_by(settings, request, (), signing)
    signature = listener.wait_for(2)[1].headers["webhook-signature"]
    shown = requests.log_of(settings, repeated) + requests.log_of(settings, echoed)
    assert f"webhook-signature: {STARS}" in shown
    assert signature not in shown
    assert signature.removeprefix("v1,") not in shown
    assert secret not in shown
    assert secret.removeprefix("whsec_") not in shown


def test_secrets_are_masked_in_the_url_and_the_body(send, listener, settings):
    sent = send(
        "/hook?key=t0ken-of-ours",
        headers={"authorization": "Bearer t0ken-of-ours"},
        body={"token": "t0ken-of-ours"},
    )
    arrived = listener.wait_for(1)[0]
    assert arrived.json == {"token": "t0ken-of-ours"}
    assert "t0ken" not in requests.log_of(settings, sent) + sent.url + json.dumps(sent.body)


def test_secrets_are_masked_in_an_error(settings):
    request = WebhookRequest(method="POST", url="http://127.0.0.1:1/x", headers={"x-token": "127.0.0.1"})
    assert sent_by(settings, request).error == f"{STARS} cannot be reached on port 1 (Connection refused)"


def test_a_line_break_in_a_value_is_a_space_in_a_header(send, listener):
    send(headers={"x-branch": "${pactbroker.consumerVersionBranch}"}, parameters={"consumerVersionBranch": "a\r\nb: c"})
    (arrived,) = listener.wait_for(1)
    assert (arrived.headers["x-branch"], "b" in arrived.headers) == ("a  b: c", False)


def test_a_value_that_cannot_be_sent_in_its_place_is_an_error(send, listener):
    branch = "${pactbroker.consumerVersionBranch}"
    sent = send(f"/statuses/{branch}/x", parameters={"consumerVersionBranch": ".."})
    assert (sent.success, sent.response) == (False, None)
    assert sent.error.startswith(f"The part {branch} of the path becomes '..', which servers take for another folder")
    sent = send(username="${pactbroker.consumerName}", password="p", parameters={"consumerName": "root:"})
    assert sent.error.startswith("The user name becomes 'root:': a colon ends a user name")
    assert listener.arrived == []


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"method": "DELETE"}, "its method must be one of: POST, GET"),
        ({"method": "FETCH"}, "its method is not a recognised HTTP method"),
        ({"url": "ftp://127.0.0.1/"}, "its url must begin with one of: http, https"),
        ({"url": "http://${pactbroker.consumerName}/"}, "its url cannot have a template parameter in its host"),
        ({"headers": {"Host": "attacker.example"}}, "its headers cannot contain Host, which the broker sets itself"),
        ({"headers": {"transfer_encoding": "chunked"}}, "its headers cannot contain transfer_encoding, which the"),
    ],
)
def test_a_stored_webhook_is_checked_again_when_it_is_sent(send, listener, stored, reason):
    sent = send(**stored, parameters={"consumerName": "127.0.0.1"})
    assert sent.error.startswith(f"The settings of this broker do not allow the webhook: {reason}")
    assert listener.arrived == []


def test_a_public_host_that_is_no_longer_listed_is_not_reached(listener):
    sent = sent_by(
        allowing(webhook_host_whitelist=("ci.example.org",)), WebhookRequest(method="POST", url=f"{listener.url}/x")
    )
    assert "127.0.0.1 is not in PACT_BROKER_WEBHOOK_HOST_WHITELIST" in sent.error
    assert listener.arrived == []


def test_every_sent_header_is_shown(send, listener):
    sent = send(body={"a": "é"}, headers={"x-a": "b"})
    (arrived,) = listener.wait_for(1)
    assert sent.headers == {
        "accept": "*/*",
        "user-agent": "contracts-broker",
        "content-type": "application/json",
        "x-a": "b",
        "host": f"127.0.0.1:{listener.port}",
        "content-length": "11",
        "idempotency-key": "d-1",
        "webhook-id": "d-1",
        "webhook-timestamp": str(int(NOW.timestamp())),
    }
    assert {name: arrived.headers[name] for name in sent.headers} == sent.headers


@pytest.mark.parametrize(("method", "length"), [("POST", "0"), ("GET", None)])
def test_the_length_of_an_empty_body_is_shown_as_sent(send, listener, method, length):
    sent = send(method=method)
    (arrived,) = listener.wait_for(1)
    assert (sent.headers.get("content-length"), arrived.headers.get("content-length")) == (length, length)


def test_the_headers_of_a_response_are_limited_like_its_body(send, listener, settings):
    listener.answers["/hook"] = Reply(200, headers={f"X-{number}": "h" * 4_000 for number in range(50)})
    sent = send()
    size = sum(len(name) + len(value) for name, value in sent.response.headers.items())
    assert 9_000 < size <= 10_000
    assert sent.response.omitted_headers > 40
    assert f"({sent.response.omitted_headers} more headers are not shown)" in requests.log_of(settings, sent)
    assert len(requests.log_of(settings, sent)) < 12_000


def test_the_log_has_the_beginning_of_a_large_body(send, settings):
    log = requests.log_of(settings, send(body="x" * 50_000))
    assert "(40000 more characters are not shown)" in log
    assert len(log) < 12_000


def test_the_log_has_the_request_and_the_response(send, listener, settings):
    listener.answers["/hook"] = Reply(500, b"no\0pe", {"X-Answer": "yes"})
    lines = requests.log_of(settings, send(body={"a": 1}, headers={"x-a": "b"})).splitlines()
    assert lines[0] == f"POST {listener.url}/hook"
    assert "x-a: b" in lines
    body = lines.index('{"a": 1}')
    assert (lines[body - 1], lines[body + 2]) == ("", "Response: 500")
    assert "x-answer: yes" in lines
    assert lines[-2:] == ["no\N{REPLACEMENT CHARACTER}pe", "Failed"]


def test_the_log_hides_the_response_if_no_hosts_are_listed(send):
    log = requests.log_of(allowing(), send())
    assert log.endswith(f"Response: 200\n{requests.HIDDEN}\nSucceeded\n")
    assert "{}" not in log


def test_the_log_has_the_error(settings):
    sent = sent_by(settings, WebhookRequest(method="POST", url="http://127.0.0.1:1/x", body="text"))
    log = requests.log_of(settings, sent)
    assert log.startswith("POST http://127.0.0.1:1/x\n")
    assert log.endswith(f"\n\ntext\n\nError: {sent.error}\nFailed\n")
