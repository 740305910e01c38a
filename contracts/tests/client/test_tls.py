"""Why a TLS connection failed: real handshakes, and OpenSSL's own codes."""

from __future__ import annotations

import ssl

import pytest
import requests
from listeners import CERTIFICATE, Listener

from contracts.client.tls import failure


def refused(url, **more):
    with pytest.raises(requests.exceptions.SSLError) as raised:
        requests.get(url, timeout=60, **more)
    return failure(raised.value)


def test_a_server_without_tls_is_reported():
    with Listener() as listener:
        message = refused(listener.url.replace("http:", "https:"))
    assert message.why == "it does not speak TLS at this port"
    assert "http://" in message.advice


def test_a_certificate_of_an_unknown_authority_has_advice():
    with Listener(tls=True) as listener:
        message = refused(listener.url)
    assert "not trusted (self-signed certificate" in message.why
    assert "SSL_CERT_FILE" in message.advice


def test_a_certificate_for_another_name_is_reported():
    with Listener(tls=True) as listener:
        message = refused(listener.url.replace("127.0.0.1", "127.1"), verify=str(CERTIFICATE))
    assert "another name" in message.why
    assert "SSL_CERT_FILE" not in message.advice


@pytest.mark.parametrize(
    ("code", "why", "advice"),
    [
        (9, "not valid yet", "clock"),
        (10, "has expired", "Renew"),
        (18, "not trusted", "SSL_CERT_FILE"),
        (20, "not trusted", "SSL_CERT_FILE"),
        (62, "another name", "PACT_BROKER_BASE_URL"),
        (64, "another name", "PACT_BROKER_BASE_URL"),
    ],
)
def test_each_reason_not_to_trust_a_certificate_has_its_advice(code, why, advice):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "in OpenSSL's words"
    message = failure(requests.exceptions.SSLError(error))
    assert why in message.why
    assert "OpenSSL's words" in message.why
    assert advice in message.advice


def test_a_version_of_tls_that_is_too_old():
    error = ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version")
    error.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    assert "no version or cipher of TLS in common" in failure(requests.exceptions.SSLError(error)).why


def test_any_other_error_keeps_the_words_of_the_library():
    assert "(something new)" in failure(requests.exceptions.SSLError("something new")).why
