"""The matrix, and can-i-deploy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from contracts.client import documents, navigation
from contracts.client.nouns.addresses import Addresses
from contracts.client.questions import Question


class MatrixMethods(Addresses):
    """The matrix, and can-i-deploy."""

    @property
    def can_wait(self) -> bool:
        """Whether the broker can delay a verdict until no missing result is expected."""
        return self._to.offers("pb:can-i-deploy-waiting")

    def matrix(
        self,
        selectors: Sequence[Mapping[str, str]],
        *,
        latestby: str | None = None,
        environment: str | None = None,
    ) -> documents.Matrix:
        """Return the matrix for *selectors*, each with the protocol's keys, such as pacticipant and version.

        A broker looks at the last 100 rows by default, so use `can_i_deploy` for a verdict. The index has no link to
        the matrix; the official clients use this path as well.

        Raises:
            Invalid: if a selector names something that does not exist.
        """
        pairs = [(f"q[][{key}]", value) for selector in selectors for key, value in selector.items()]
        parameters = {"latestby": latestby, "environment": environment}
        address = self._to.below(f"/matrix?{urlencode(pairs)}")
        return documents.matrix_from(self._to.get(navigation.query(address, **parameters)))

    def answer(self, question: Question, *, wait_seconds: int | None = None) -> documents.Matrix:
        """Return the matrix with the broker's answer to *question*.

        The index has no link to the matrix; the official clients use this path as well. *wait_seconds* is for a broker
        that can wait: it answers once no missing result is expected, or after this time, up to 120 seconds.

        Raises:
            Invalid: if a pacticipant or the environment does not exist.
        """
        address = self._to.checked_below(f"/matrix?{urlencode(list(question.parameters()))}")
        return self._verdict(address, wait_seconds)

    def can_i_deploy(
        self, *, pacticipant: str, version: str, environment: str, wait_seconds: int | None = None
    ) -> documents.Matrix:
        """Return the verdict on deploying *version* of *pacticipant* to *environment*; *wait_seconds* as in `answer`.

        An unknown version is not an error: its verdict is no.

        Raises:
            Invalid: if the pacticipant or the environment does not exist.
        """
        address = self._to.relation(
            "pb:can-i-deploy-pacticipant-version-to-environment",
            "can-i-deploy to an environment",
            pacticipant=pacticipant,
            version=version,
            environment=environment,
        )
        return self._verdict(address, wait_seconds)

    def _verdict(self, address: str, wait_seconds: int | None) -> documents.Matrix:
        if wait_seconds is None:
            return documents.matrix_from(self._to.get(address))
        address = navigation.query(address, wait=str(wait_seconds))
        return documents.matrix_from(self._to.get(address, wait_seconds=wait_seconds))
