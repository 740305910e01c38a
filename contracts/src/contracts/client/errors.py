"""The errors of the client; `str()` of each is a message for a person.

* ClientError: every error of this package
  * UsageError: the arguments are contradictory or incomplete; nothing was sent
  * ForeignLink: a link does not lead to the configured broker; it was not followed
  * Unreachable: no response: refused, timed out, unknown host, untrusted certificate
  * Refused: the broker does not accept the credentials (401), or not for this request (403)
  * NotFound: the object does not exist (404)
  * Conflict: the object exists with other content (409); has the broker's notices
  * Invalid: the broker calls the request invalid (400, 422); has its messages
  * NotSupported: the broker does not offer the needed relation
  * UnexpectedAnswer: a response that a Pact Broker does not send
    * Failing: the broker failed (5xx); a later request may succeed
"""

from __future__ import annotations

from collections.abc import Sequence

from contracts.model.notices import Notice


class ClientError(Exception):
    """Base of every error of the client."""


class UsageError(ClientError):
    """The arguments are contradictory or incomplete; nothing was sent."""


class ForeignLink(ClientError):
    """A link does not lead to the configured broker; it was not followed."""


class Unreachable(ClientError):
    """The broker sent no response."""


class Refused(ClientError):
    """The broker does not accept the credentials, or not for this request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotFound(ClientError):
    """The object does not exist."""


class Conflict(ClientError):
    """The object exists with other content; *notices* are the broker's own, in order."""

    def __init__(self, message: str, notices: Sequence[Notice] = ()) -> None:
        super().__init__(message)
        self.notices = tuple(notices)


class Invalid(ClientError):
    """The broker calls the request invalid; *messages* are its own, in order."""

    def __init__(self, message: str, messages: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.messages = tuple(messages)


class NotSupported(ClientError):
    """The broker does not offer the needed relation."""

    def __init__(self, relation: str, what: str | None = None) -> None:
        needed = what or "this request"
        super().__init__(
            f"This broker does not support {needed}: its response has no link '{relation}'. "
            "Use a newer broker, or one that has this feature."
        )
        self.relation = relation


class UnexpectedAnswer(ClientError):
    """A response that a Pact Broker does not send."""


class Failing(UnexpectedAnswer):
    """The broker failed (a status from 500 on); a later request may succeed."""
