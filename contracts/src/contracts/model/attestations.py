"""Builds: what the token of a CI service says about the run that presents it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """How a broker knows an attestation."""

    BUILD = "build"
    """The build published the result with its token, which the broker checked."""
    TRUSTED_IMPORT = "trusted import"
    """An archive had it, and the person who imported it answers for that."""
    IMPORT = "import"
    """An archive had it. It is shown, but does not count, because a file could claim any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """A run of *repository* on a CI *service*, as its *issuer* signed it; None is what the service does not say."""

    service: str
    issuer: str
    repository: str
    run: str
    workflow: str | None = None
    ref: str | None = None
    commit: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        """Return who publishes, as part of a sentence.

        >>> print(Attestation(service="GitHub Actions", issuer="https://ci", repository="org/web", run="12"))
        the build org/web (GitHub Actions, run 12)
        """
        return f"the build {self.repository} ({self.service}, run {self.run})"
