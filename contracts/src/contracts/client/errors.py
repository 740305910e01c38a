"""What can go wrong between us and a broker; `str()` of each is fit for a person.

* ClientError: every error of this package
  * UsageError: the caller asked for something contradictory or incomplete; nothing was sent
  * ForeignLink: a link leads to another place than the configured broker; it was not followed
  * Unreachable: no answer came: refused, timed out, unknown host, untrusted certificate
  * Refused: the broker knows us not (401), or not for this (403)
  * NotFound: what was asked for does not exist (404)
  * Conflict: it exists and differs from what was sent (409); carries the broker's notices
  * Invalid: the broker calls the request malformed (400, 422); carries its messages
  * NotSupported: this broker does not offer the relation that is needed
  * UnexpectedAnswer: an answer that a Pact Broker does not give
    * Failing: the broker failed to answer (5xx); later it may not
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.model.notices import Notice


class ClientError(Exception):
    """Base of every error of the client."""


class UsageError(ClientError):
    """The caller asked for something contradictory or incomplete; nothing was sent."""


class ForeignLink(ClientError):
    """A link leads to another place than the configured broker; it was not followed."""


class Unreachable(ClientError):
    """No answer came from the broker."""


class Refused(ClientError):
    """The broker does not know these credentials, or does not allow them this request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotFound(ClientError):
    """What was asked for does not exist."""


class Conflict(ClientError):
    """What was sent differs from what the broker holds; *notices* are its own words, in order."""

    def __init__(self, message: str, notices: Sequence[Notice] = ()) -> None:
        super().__init__(message)
        self.notices = tuple(notices)


class Invalid(ClientError):
    """The broker calls the request malformed; *messages* are its own words, in order."""

    def __init__(self, message: str, messages: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.messages = tuple(messages)


class NotSupported(ClientError):
    """The broker does not offer the relation that is needed."""

    def __init__(self, relation: str, what: str | None = None) -> None:
        needed = what or "what was asked for"
        super().__init__(
            f"This broker does not support {needed}: its answer has no link '{relation}'. "
            "Use a newer broker, or one that has this feature."
        )
        self.relation = relation


class UnexpectedAnswer(ClientError):
    """An answer that a Pact Broker does not give."""


class Failing(UnexpectedAnswer):
    """The broker failed to answer (a status from 500 on); later it may not."""
