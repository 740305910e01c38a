"""The token of this build, by which its CI service says to the broker which repository and run it is.

Only GitHub Actions lets a job request it at any time; the jobs of other services have it in PACT_BROKER_TOKEN.
Source: GitHub's documentation of OpenID Connect in Actions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

import requests

from contracts.client.errors import Unreachable, UsageError
from contracts.client.urls import Place


AUDIENCE = "PACT_BROKER_TOKEN_AUDIENCE"
CHALLENGE = 'Bearer realm="builds"'
"""What a broker that takes tokens of builds adds to a 401."""

_URL, _PERMISSION = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
_TIMEOUT_SECONDS = 10
_FRESH_SECONDS = 60.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class BuildToken:
    """The token of this build for the broker at *place*; it is requested when the broker asks for one.

    A broker cannot name the audience, because it could name another server's, and use the token there.
    """

    def __init__(self, environ: Mapping[str, str], place: Place, now: Callable[[], float] = time.monotonic) -> None:
        self._environ = environ
        self._place = place
        self._now = now
        self._requested_at: float | None = None

    def answer(self, challenge: str) -> str | None:
        """Return a token after a 401 with *challenge*; None if a token would not help.

        Raises:
            UsageError: if the broker asks for a token, but the job may not request one.
            Unreachable: if GitHub sends none.
        """
        has_expired = self._requested_at is not None and self._now() - self._requested_at >= _FRESH_SECONDS
        if not has_expired and CHALLENGE not in challenge:
            return None
        if self._place.scheme != "https" and self._place.host not in _LOOPBACK:
            raise UsageError(
                f"The broker at {self._place} asks for the token of this build, which was not sent, because anyone on "
                "the way could read it. Set PACT_BROKER_BASE_URL to an address with https."
            )
        self._requested_at = self._now()
        return self._request()

    def _request(self) -> str:
        url, permission = self._environ.get(_URL), self._environ.get(_PERMISSION)
        if not url or not permission:
            raise UsageError(
                f"The broker at {self._place} asks for the token of this build, which the job may not request. "
                "Add `permissions: id-token: write` to the job; pull requests from forks never get one."
            )
        audience = self._environ.get(AUDIENCE) or str(self._place)
        try:
            response = requests.get(
                f"{url}{'&' if '?' in url else '?'}audience={quote(audience, safe='')}",
                headers={"Authorization": f"Bearer {permission}"},
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
            token = response.json().get("value") if response.status_code == HTTPStatus.OK else None
        except (requests.RequestException, AttributeError) as error:
            raise Unreachable(_failure(type(error).__name__)) from None
        if not isinstance(token, str) or not token:
            raise Unreachable(_failure(f"status {response.status_code}"))
        return token


def of_job(environ: Mapping[str, str], place: Place) -> BuildToken | None:
    """Return the token of the job that *environ* describes; None outside GitHub Actions."""
    return BuildToken(environ, place) if environ.get("GITHUB_ACTIONS") == "true" else None


def _failure(reason: str) -> str:
    return f"GitHub sent no token for this build ({reason}). Run the job again."
