"""Sending a webhook's request, and writing down what was said.

Source: Pact Broker protocol, execution.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from contracts.model import addresses, templates
from contracts.model.addresses import ForbiddenAddress
from contracts.model.webhooks import STARS, is_secret


if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.broker.settings import Settings
    from contracts.model.webhooks import WebhookRequest


TIMEOUT_SECONDS = 15
_MOST_LOGGED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How it went: what was sent (secrets starred), and the answer, or the *error* that kept it from coming."""

    success: bool
    url: str
    method: str
    headers: Mapping[str, str]
    body: Any
    status: int | None = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer_body: str = ""
    error: str | None = None


def send(settings: Settings, request: WebhookRequest, parameters: Mapping[str, str]) -> Sent:
    """Send *request*, filled with *parameters*, where it may go; never raises for what the other side does."""
    url = templates.fill_url(request.url, parameters)
    headers = {name: templates.fill(value, parameters) for name, value in request.headers.items()}
    filled = templates.fill_document(request.body, parameters)
    auth = _auth(request, parameters)
    shown = {name: STARS if is_secret(name) else value for name, value in headers.items()}
    if auth is not None:
        shown["authorization"] = STARS
    said = {"url": url, "method": request.method, "headers": shown, "body": filled}
    outgoing = {"accept": "*/*", "user-agent": settings.user_agent, **_content_type(filled, headers), **headers}
    try:
        with _session(settings, url) as session:
            answer = session.request(
                request.method,
                url,
                data=_encoded(filled),
                headers=outgoing,
                auth=auth,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                verify=not settings.disable_ssl_verification,
            )
    except (requests.RequestException, ForbiddenAddress, OSError, ValueError) as error:
        return Sent(success=False, error=_without(str(error), request, auth), **said)
    return Sent(
        success=answer.status_code in settings.webhook_http_code_success,
        status=answer.status_code,
        answer_headers={name.lower(): value for name, value in answer.headers.items()},
        answer_body=_without(answer.text[:_MOST_LOGGED], request, auth),
        **said,
    )


def log_of(settings: Settings, sent: Sent) -> str:
    """*sent* as text, for the person who wants to know why a webhook did not do what it should."""
    lines = [f"{sent.method} {sent.url}", *(f"{name}: {value}" for name, value in sent.headers.items()), ""]
    if sent.body is not None:
        lines += [sent.body if isinstance(sent.body, str) else json.dumps(sent.body, ensure_ascii=False), ""]
    if sent.error is not None:
        lines.append(f"Failed: {sent.error}")
    elif settings.webhook_host_whitelist:
        lines.append(f"Answered {sent.status}")
        lines += [f"{name}: {value}" for name, value in sent.answer_headers.items()]
        lines += ["", sent.answer_body]
    else:
        lines.append(
            f"Answered {sent.status}; the rest of the answer is shown where hosts are listed in "
            "PACT_BROKER_WEBHOOK_HOST_WHITELIST"
        )
    lines.append("Succeeded" if sent.success else "Did not succeed")
    return "\n".join(lines) + "\n"


class _Pinned(HTTPAdapter):
    """Connects to the address that was judged, whatever the name resolves to by then."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(max_retries=0)
        self._host = host
        self._address = address

    def get_connection_with_tls_context(  # the one place where requests looks up where to connect
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ANN401, requests' own
        proxies: Any = None,  # noqa: ANN401, ARG002, see verify; there is no proxy
        cert: Any = None,  # noqa: ANN401, see verify
    ) -> Any:  # noqa: ANN401, see verify
        """A connection to the judged address, which still has to prove that it is the host."""
        parts = urlsplit(str(request.url))
        secure = parts.scheme == "https"
        options: dict[str, Any] = {}
        if secure:
            options |= self.build_connection_pool_key_attributes(request, verify, cert)[1]
            options |= {"server_hostname": self._host, "assert_hostname": self._host}
        request.headers.setdefault("Host", parts.netloc.rpartition("@")[2])
        port = parts.port or (443 if secure else 80)
        return self.poolmanager.connection_from_host(self._address, port=port, scheme=parts.scheme, pool_kwargs=options)


def _session(settings: Settings, url: str) -> requests.Session:
    """A session that can reach only the judged address of *url*'s host.

    Raises:
        ForbiddenAddress: if that may not be reached.
    """
    host = addresses.host_of(url)
    if host is None:
        msg = f"{url} has no host"
        raise ForbiddenAddress(msg)
    found = list(dict.fromkeys(str(each[4][0]) for each in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))
    addresses.require_public(host, found, settings.webhook_host_whitelist)
    session = requests.Session()
    session.trust_env = False  # neither proxies nor credentials of the machine
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Pinned(host, found[0]))
    return session


def _auth(request: WebhookRequest, parameters: Mapping[str, str]) -> HTTPBasicAuth | None:
    if request.username is None and request.password is None:
        return None
    return HTTPBasicAuth(
        templates.fill(request.username or "", parameters).encode(),
        templates.fill(request.password or "", parameters).encode(),
    )


def _content_type(body: object, headers: Mapping[str, str]) -> dict[str, str]:
    if body is None or "content-type" in headers:
        return {}
    return {"content-type": "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"}


def _encoded(body: object) -> bytes | None:
    if body is None:
        return None
    return (body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)).encode()


def _without(text: str, request: WebhookRequest, auth: HTTPBasicAuth | None) -> str:
    """*text* without the secrets of *request*, in case the other side hands them back."""
    secrets = request.secrets()
    if auth is not None and request.password:
        secrets.add(request.password)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, STARS)
    return text
