"""HTTP responses read as documents or as errors of the client; free of I/O.

Error bodies have `error` (a text, or an object with `message`), `errors` (an object by field, or a list), are
problem+json, or plain text. Source: Pact Broker protocol, error bodies.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from contracts.client.documents import notices
from contracts.client.errors import Conflict, Failing, Invalid, NotFound, Refused, UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.model import strict_json


_LONGEST_QUOTE = 300
_MOST_LEVELS = 200  # a contract may have 50 with us and 100 elsewhere, and lies within a document
_JSON = frozenset({"application/hal+json", "application/json", "application/problem+json"})


def encode(body: Any) -> bytes:
    """Return *body* as JSON in UTF-8."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def read(
    *, method: str, url: str, status: int, content_type: str, content: bytes, may_read: bool = False
) -> JsonObject:
    """Return the document of a successful response; an empty one for a DELETE without a body.

    *may_read* says that the broker accepted a read with the same credentials: a 401 then means that they may not write.

    Raises:
        ClientError: Refused, NotFound, Conflict, Invalid or UnexpectedAnswer, by *status*.
    """
    document = _document(content_type, content)
    request = f"{method} {url}"
    if not HTTPStatus(200) <= status < HTTPStatus(300):
        sentences = messages(document) if document else _quote(content_type, content)
        if status == HTTPStatus.UNAUTHORIZED and may_read:
            raise _read_only(request, sentences)
        raise _error(request, status, sentences, document)
    if method == "DELETE" and not content:
        return {}
    if document is None:
        what = _named(content_type, content)
        raise UnexpectedAnswer(
            f"{request} was answered with status {status} and {what}, but a Pact Broker "
            "sends a JSON object. Check that PACT_BROKER_BASE_URL is the address of the broker itself, "
            "not of a proxy's login page."
        )
    return document


def messages(document: JsonObject) -> list[str]:
    """Return the sentences of an error document, in order and without duplicates."""
    sentences: list[str] = []
    error = document.get("error")
    if isinstance(error, dict):
        error = error.get("message")
    elif error is not None:
        error = document.get("detail", error)  # a broker that says more than the protocol's sentence
    sentences += _texts(error)
    sentences += _by_field(document.get("errors"))
    if not sentences:
        sentences += _texts(document.get("detail")) or _texts(document.get("title"))
    return list(dict.fromkeys(sentences))


def _by_field(errors: object) -> list[str]:
    if isinstance(errors, dict):
        return [f"{field}: {t}" if field else t for field, v in errors.items() for t in _texts(v)]
    if isinstance(errors, list):
        details = [item.get("detail") if isinstance(item, dict) else item for item in errors]
        return [t for detail in details for t in _texts(detail)]
    return _texts(errors)


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) and value.strip() else []


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in _JSON


def _document(content_type: str, content: bytes) -> JsonObject | None:
    if not _is_json(content_type):
        return None
    try:
        document = strict_json.parse(content, most_levels=_MOST_LEVELS)
    except strict_json.NotReadable:
        return None
    return document if isinstance(document, dict) else None


def _named(content_type: str, content: bytes) -> str:
    if not content:
        return "no body"
    name = content_type.partition(";")[0] or "unknown"
    if not _is_json(content_type):
        return f"a body of type {name}"
    try:
        strict_json.parse(content, most_levels=_MOST_LEVELS)
    except strict_json.NotReadable as error:
        return f"a body that {error}"
    return "a body that is not a JSON object"


def _quote(content_type: str, content: bytes) -> list[str]:
    """Return the beginning of a plain text; nothing of HTML pages and other formats, which do not help a reader."""
    if not content_type.startswith("text/plain"):
        return []
    quoted = " ".join(content.decode(errors="replace").split())[:_LONGEST_QUOTE]
    return [quoted] if quoted else []


def _read_only(request: str, sentences: list[str]) -> Refused:
    what = f" The broker says: {'; '.join(sentences)}" if sentences else ""
    return Refused(
        f"These credentials may read, but not write ({request}, status 401).{what} "
        "Use credentials that may write, or ask the broker's administrator.",
        HTTPStatus.UNAUTHORIZED,
    )


def _error(request: str, status: int, sentences: list[str], document: JsonObject | None) -> Exception:
    reason = "; ".join(sentences)
    what = f" The broker says: {reason}{'' if reason.endswith(('.', '!', '?')) else '.'}" if reason else ""
    match status:
        case 401:
            return Refused(
                f"The broker does not accept these credentials ({request}, status 401).{what} "
                "Check PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD.",
                status,
            )
        case 403:
            return Refused(
                f"The broker does not allow this with these credentials ({request}, status 403)."
                f"{what} Use credentials that may write, or ask the broker's administrator.",
                status,
            )
        case 404:
            return NotFound(f"Not found ({request}).{what}")
        case 409:
            notices_sent = notices(document) if document else ()
            return Conflict(
                f"The broker has data that conflicts with this request ({request}).{what}",
                notices_sent,
            )
        case 400 | 422:
            return Invalid(f"The broker calls the request invalid ({request}).{what}", sentences)
        case _:
            kind = Failing if status >= HTTPStatus.INTERNAL_SERVER_ERROR else UnexpectedAnswer
            return kind(
                f"The broker failed ({request}, status {status}).{what} "
                "Try again. If it fails again, look at the broker's log."
            )
