"""Tokens: what programs present instead of a password. Only our broker has them at this address."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.client import hal
from contracts.client.nouns.addresses import Addresses
from contracts.client.tokens import ApiToken, token_from
from contracts.model.permissions import Permission


_TOKENS = "tokens"
_SESSION_TOKENS = "/session-tokens"  # without a link: the index needs credentials


class TokenMethods(Addresses):
    """Tokens: what programs present instead of a password."""

    def tokens(self) -> tuple[ApiToken, ...]:
        """Return every token, the newest first.

        Raises:
            NotSupported: if the broker has no tokens.
        """
        document = self._to.get(self._to.relation("pb:tokens", _TOKENS))
        return tuple(map(token_from, hal.embedded(document, "tokens")))

    def create_token(
        self, note: str, permissions: Sequence[Permission] = (), *, expires_in_days: int | None
    ) -> ApiToken:
        """Create a token, which may read, and what *permissions* say; None days: it never expires.

        Raises:
            Invalid: if the broker refuses the number of days.
            NotSupported: if the broker has no tokens.
        """
        body = {
            "note": note,
            "permissions": [each.document() for each in permissions],
            "expiresInDays": expires_in_days,
        }
        return token_from(self._to.send("POST", self._to.relation("pb:tokens", _TOKENS), body))

    def revoke_token(self, uuid: str) -> None:
        """Revoke the token with this uuid.

        Raises:
            NotFound: if it does not exist.
            NotSupported: if the broker has no tokens.
        """
        self._to.send("DELETE", self._to.relation("pb:token", _TOKENS, uuid=uuid))

    def regenerate_token(self, uuid: str) -> ApiToken:
        """Give the token with this uuid another secret part, which is in the result.

        Raises:
            NotFound: if it does not exist.
            NotSupported: if the broker has no tokens.
        """
        return token_from(self._to.send("POST", self._to.relation("pb:token", _TOKENS, uuid=uuid) + "/regenerate", {}))

    def sign_in_page(self) -> str:
        """Return the page where a person lets `contracts login` act for them.

        Raises:
            NotFound: if people do not sign in to this broker.
        """
        return hal.find_link(self._to.get(self._to.below(_SESSION_TOKENS)), "pb:sign-in", "signing in").href

    def exchange_code(self, code: str, verifier: str, machine: str) -> ApiToken:
        """Return the token of the person whose browser brought *code* to this *machine*.

        Raises:
            Refused: if the code is not valid any more.
        """
        body = {"code": code, "verifier": verifier, "machine": machine}
        return token_from(self._to.send("POST", self._to.below(_SESSION_TOKENS), body))
