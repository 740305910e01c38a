"""Tokens of CI services: which build presents one, and what the broker's file of trusted builds permits it.

Import it only if the setting names a file: it loads PyJWT. `identify` may fetch an issuer's keys, so call it in a
thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from contracts.broker.openid import InvalidToken, Issuer, IssuerUnusable, issuer_of
from contracts.model import tokens, trusted_builds
from contracts.model.ci_services import Claims
from contracts.model.errors import Forbidden, InvalidBuildToken, IssuerUnavailable
from contracts.model.permissions import Identity
from contracts.model.trusted_builds import TrustedBuild, TrustedBuilds


REMEMBER_SECONDS = 60.0
_MOST_REMEMBERED = 10_000


class BuildTokens:
    """Who the tokens of CI services stand for; *teams* has the applications of each team."""

    def __init__(self, builds: TrustedBuilds, teams: Mapping[str, Iterable[str]]) -> None:
        self._builds = builds
        self._teams = teams
        self._issuers = {
            each.issuer: Issuer(each.issuer, keys_file=None if each.keys is None else Path(each.keys))
            for each in builds.entries
        }
        self._lock = threading.Lock()
        self._remembered: dict[str, tuple[Identity, float]] = {}

    def remembered(self, token: str) -> Identity | None:
        """Return the build that presents *token* if it was checked a moment ago, and has not expired since."""
        entry = self._remembered.get(tokens.digest(token))
        return entry[0] if entry is not None and time.monotonic() < entry[1] else None

    def identify(self, token: str) -> Identity:
        """Return the build that presents *token*.

        Raises:
            InvalidBuildToken: if the token is not valid, or its issuer is not trusted.
            Forbidden: if no entry applies to the build.
            IssuerUnavailable: if the issuer's keys cannot be read now.
        """
        if (identity := self.remembered(token)) is not None:
            return identity
        try:
            claims, entries = self._claims(token)
        except InvalidToken as error:
            raise InvalidBuildToken(f"The token of the build is not accepted: {error}") from None
        except IssuerUnusable as error:
            raise IssuerUnavailable(f"The token of the build cannot be checked now: {error}") from error
        identity = self._identity(claims, entries)
        self._remember(token, identity, float(claims["exp"]) - time.time())
        return identity

    def _claims(self, token: str) -> tuple[Claims, tuple[TrustedBuild, ...]]:
        name = issuer_of(token)
        entries = self._builds.of_issuer(name)
        if not entries:
            raise InvalidToken("this broker does not trust its issuer. Add an entry to the file of trusted builds")
        audiences = sorted({each.audience for each in entries})
        return self._issuers[name].claims(token, audiences), entries

    def _identity(self, claims: Claims, entries: tuple[TrustedBuild, ...]) -> Identity:
        build = entries[0].service.read(claims, entries[0].issuer)
        applicable = trusted_builds.matching(entries, claims)
        if not applicable:
            # anyone on a public service can get a token, and learns nothing about the repositories of others
            own = [each.differences(claims) for each in entries if each.is_about(claims)]
            why = "no entry is about its repository"
            if own:
                nearest = min(own, key=len)
                why = "; ".join(nearest) or "its audience belongs to other builds"
            raise Forbidden(
                f"This broker does not trust {build}: {why}. Someone who runs the broker can add it to the file of "
                "trusted builds"
            )
        return Identity(
            name=str(build),
            permissions=trusted_builds.permissions(applicable, self._teams),
            subject=f"build:{build.issuer}:{build.repository}",
            build=build,
        )

    def _remember(self, token: str, identity: Identity, valid_seconds: float) -> None:
        with self._lock:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            until = time.monotonic() + min(valid_seconds, REMEMBER_SECONDS)
            self._remembered[tokens.digest(token)] = (identity, until)
