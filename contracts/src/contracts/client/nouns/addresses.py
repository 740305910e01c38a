"""Addresses of applications and their versions, which several nouns need."""

from __future__ import annotations

from contracts.client.navigation import Navigator


class Addresses:
    """The navigator of one broker, and addresses that methods of several nouns need."""

    _to: Navigator

    def _pacticipant(self, name: str) -> str:
        return self._to.relation("pb:pacticipant", "pacticipants", pacticipant=name)

    def _version(self, pacticipant: str, version: str) -> str:
        return self._to.relation("pb:pacticipant-version", "versions", pacticipant=pacticipant, version=version)
