"""Reasons for a failed TLS connection, and what to do about each."""

from __future__ import annotations

import ssl
from dataclasses import dataclass


_EXPIRED, _NOT_YET_VALID, _OTHER_NAME, _OTHER_ADDRESS = 10, 9, 62, 64  # OpenSSL's codes, X509_V_ERR_…
_NO_TLS = {
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "RECORD_LAYER_FAILURE",
    "PACKET_LENGTH_TOO_LONG",
}
_OTHER_VERSION = {
    "UNSUPPORTED_PROTOCOL",
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "NO_SHARED_CIPHER",
}
_CLIENT_CERTIFICATE = {"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_BAD_CERTIFICATE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The reason why the connection failed, and the matching *advice*."""

    why: str
    advice: str


def failure(error: BaseException) -> Failure:
    """Explain the error of the TLS library within *error*."""
    cause = _tls_error(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _untrusted(cause)
    reason = (getattr(cause, "reason", None) or "").upper()
    if reason in _NO_TLS:
        return Failure(
            why="it does not speak TLS at this port",
            advice="Write http:// instead of https:// in PACT_BROKER_BASE_URL, or correct the port.",
        )
    if reason in _OTHER_VERSION:
        return Failure(
            why=f"it and this Python have no version or cipher of TLS in common ({reason})",
            advice="Let the broker's proxy speak TLS 1.2 or 1.3.",
        )
    if reason in _CLIENT_CERTIFICATE:
        return Failure(
            why=f"it asks for a client certificate ({reason})",
            advice="Client certificates are not supported: use an address that does not need one.",
        )
    return Failure(
        why=f"the TLS connection failed ({reason or cause or error})",
        advice="Check PACT_BROKER_BASE_URL and the proxy in front of the broker.",
    )


def _untrusted(error: ssl.SSLCertVerificationError) -> Failure:
    message = error.verify_message
    match error.verify_code:
        case code if code == _EXPIRED:
            return Failure(why=f"its certificate has expired ({message})", advice="Renew the broker's certificate.")
        case code if code == _NOT_YET_VALID:
            return Failure(
                why=f"its certificate is not valid yet ({message})",
                advice="Check the clock of this machine, and the broker's certificate.",
            )
        case code if code in {_OTHER_NAME, _OTHER_ADDRESS}:
            return Failure(
                why=f"its certificate is for another name ({message.rstrip('.')})",
                advice="Use a name from the certificate in PACT_BROKER_BASE_URL, or get a certificate for this one.",
            )
        case _:
            return Failure(
                why=f"its certificate is not trusted ({message})",
                advice="Give the certificate authority's file in SSL_CERT_FILE or REQUESTS_CA_BUNDLE.",
            )


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    """Return the error of the TLS library that *error* wraps; urllib3 and requests also wrap it as an argument."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, ssl.SSLError):
            return each
        seen.add(id(each))
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        waiting += [part for part in inner if isinstance(part, BaseException) and id(part) not in seen]
    return None
