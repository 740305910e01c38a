"""The errors that the broker raises on purpose.

* BrokerError: the base; people can read its `str()`
  * NotFound: an object does not exist
    * PacticipantNotFound: no application has this name
  * Conflict: the object exists and differs from the request
    * PotentialDuplicate: a new application's name looks like an existing one's
    * PublishConflict: contracts/publish would change published contracts; has notices
    * Locked: a secret cannot be stored or read
  * Invalid: the request breaks a rule of the model
    * InvalidFields: rules broken, by field
    * InvalidQuery: rules broken by a query, as sentences
    * Unprocessable: valid, but not possible in the present state
    * InvalidBuildToken: the token of a CI service is not accepted
  * Unavailable: the database is not usable now
  * IssuerUnavailable: the keys that check a token cannot be read now
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contracts.model.notices import Notice


class BrokerError(Exception):
    """The base of every error that the broker raises on purpose; its `str()` is safe to show."""


class Forbidden(BrokerError):
    """The account lacks a permission."""


class StorageFull(BrokerError):
    """An application may not store more."""


class IssuerUnavailable(BrokerError):
    """The keys that check the token of a CI service cannot be read now."""


class NotFound(BrokerError):
    """An object does not exist."""


class VersionNotFound(NotFound):
    """An application has no version with this number."""

    def __init__(self, pacticipant: str, number: str) -> None:
        super().__init__(f"There is no version '{number}' of '{pacticipant}'")


class PacticipantNotFound(NotFound):
    """The path names an application that does not exist.

    *role* is the name of the path's parameter: pacticipant, consumer or provider.
    """

    def __init__(self, name: str, role: str = "pacticipant") -> None:
        super().__init__(f"There is no {role} named '{name}' in this broker")
        self.name = name
        self.role = role


class Unavailable(BrokerError):
    """The database is not usable now, or *full*; nothing was changed. *reason* is the database's message."""

    def __init__(self, reason: str, *, full: bool = False) -> None:
        what = "is full" if full else "cannot be used now"
        super().__init__(f"The broker's database {what}; nothing was changed, try again later ({reason})")
        self.reason = reason
        self.full = full


class Conflict(BrokerError):
    """The object already exists and differs from the request."""


class Outdated(BrokerError):
    """The document has changed since the client read it."""

    def __init__(self) -> None:
        super().__init__("Someone else has changed this since it was read; nothing was changed. Read it again")


class PotentialDuplicate(Conflict):
    """A new application's name looks like an existing one's."""


class PublishConflict(Conflict):
    """A publication would change contracts that are already published.

    *notices* list the conflicts for the publisher, in order; *errors* are sentences.
    """

    def __init__(self, errors: Sequence[str], notices: Sequence[Notice]) -> None:
        super().__init__("; ".join(errors))
        self.errors = tuple(errors)
        self.notices = tuple(notices)


class Locked(Conflict):
    """A secret cannot be stored or read, because its key is missing or wrong."""


class Invalid(BrokerError):
    """The request breaks a rule of the model."""


class InvalidBuildToken(Invalid):
    """The token of a CI service is not accepted."""


class InvalidFields(Invalid):
    """Rules broken, by field.

    *errors* maps a field to its messages, in order. A nested field is written with dots; an element
    of a list has the list's name as key and its index in the message; the whole body's key is "".
    Source: Pact Broker protocol, error bodies.
    """

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__("; ".join(f"{field} {text}".strip() for field, texts in self.errors.items() for text in texts))


class InvalidQuery(Invalid):
    """Rules broken by a query: *errors* are sentences, in order."""

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(self.errors))


class Unprocessable(InvalidFields):
    """The request is valid, but not possible in the present state."""
