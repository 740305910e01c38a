"""What a route declares about itself, for the router, for calls and for the documentation."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.broker.api.bodies import Body
from contracts.broker.api.queries import WAIT, Parameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The methods of one path, with the media types that they provide and accept.

    *accepts* None takes any content type.
    *body* documents the request's body, and *query* lists the parameters that the handler sees.
    """

    path: str
    methods: tuple[str, ...]
    provides: tuple[str, ...]
    accepts: tuple[str, ...] | None = None
    body: type[Body] | None = None
    changes: bool = True
    """Whether it writes; a GET never does."""
    sends: bool = False
    """Whether it waits for the response of another server."""
    query: tuple[Parameter, ...] = ()

    @property
    def may_wait(self) -> bool:
        """Whether its response may wait for changes."""
        return any(each.name == WAIT for each in self.query)
