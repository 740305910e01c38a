"""Addresses of badges."""

from __future__ import annotations

from contracts.client import hal
from contracts.client.nouns.addresses import Addresses


class BadgeMethods(Addresses):
    """Addresses of badges."""

    def pact_badge_url(self, *, consumer: str, provider: str) -> str:
        """Return the address of the badge of the latest pact between two pacticipants."""
        pair = f"provider/{hal.segment(provider)}/consumer/{hal.segment(consumer)}"
        return self._to.below(f"/pacts/{pair}/latest/badge.svg")

    def can_i_deploy_badge_url(self, *, pacticipant: str, branch: str, environment: str) -> str:
        """Return the address of the badge that shows whether the head of a branch can be deployed to an environment."""
        document = self._to.get(self._pacticipant(pacticipant))
        return self._to.linked(
            document,
            "pb:can-i-deploy-branch-to-environment-badge",
            "badges of can-i-deploy",
            branch=branch,
            environment=environment,
        )

    def can_i_merge_badge_url(self, *, pacticipant: str) -> str:
        """Return the address of the badge that shows whether the main branch is compatible with all others."""
        return self._to.below(f"/pacticipants/{hal.segment(pacticipant)}/main-branch/can-i-merge/badge.svg")
