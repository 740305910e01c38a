"""Navigation in a broker: its index, links and pages.

Links are followed, not guessed. Every address is first moved to the configured base URL (see `urls.local`), so no link
can lead a request, or credentials, to another place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contracts.client import hal, unknown_names, urls
from contracts.client.errors import NotFound, NotSupported, UnexpectedAnswer, UsageError
from contracts.client.hal import JsonObject


if TYPE_CHECKING:
    from contracts.client.transport import Transport


class Navigator:
    """Follows relations from the index of the broker of *transport*."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._index: JsonObject | None = None
        self._advertised = transport.place

    @property
    def index(self) -> JsonObject:
        """The broker's index, fetched once.

        Raises:
            UnexpectedAnswer: if there is no Pact Broker at the base URL.
        """
        if self._index is None:
            place = self._transport.place
            try:
                index = self._transport.send("GET", f"{place}/")
            except NotFound as error:
                raise UnexpectedAnswer(
                    f"There is no Pact Broker at {place}: {error} Check PACT_BROKER_BASE_URL."
                ) from error
            if hal.get_link(index, "pb:pacticipants") is None:
                raise UnexpectedAnswer(
                    f"The server at {place} is not a Pact Broker: its index has no link "
                    "'pb:pacticipants'. Check PACT_BROKER_BASE_URL."
                )
            self._advertised = self._own_place(index)
            self._index = index
        return self._index

    def _own_place(self, index: JsonObject) -> urls.Place:
        """Return the base URL that the broker uses in its links."""
        link = hal.get_link(index, "self")
        configured = self._transport.place
        if link is None:
            return configured
        try:
            return urls.place(urls.join(f"{configured}/", link.href))
        except (UsageError, UnexpectedAnswer) as error:
            raise UnexpectedAnswer(
                f"The index of the broker at {configured} gives {link.href!r} as its own address."
            ) from error

    def relation(self, name: str, what: str, **variables: str) -> str:
        """Return the address that the index has for relation *name*; *what* names the feature that needs it.

        Raises:
            NotSupported: if the index has no such relation.
        """
        return self.address(hal.expand(hal.find_link(self.index, name, what).href, variables))

    def offers(self, name: str) -> bool:
        """Whether the index has relation *name*."""
        return hal.get_link(self.index, name) is not None

    def address(self, href: str) -> str:
        """Return the address of *href*, a link of a document of the broker."""
        place = self._transport.place
        if self._index is None:
            _ = self.index
        return urls.local(urls.join(f"{self._advertised}/", href), place, self._advertised)

    def linked(self, document: JsonObject, relation: str, what: str, **variables: str) -> str:
        """Return the address of a relation of *document*.

        Raises:
            NotSupported: if the document has no such relation.
        """
        return self.address(hal.expand(hal.find_link(document, relation, what).href, variables))

    def below(self, path: str) -> str:
        """Return the address of *path* below the base URL, for the few resources without a link."""
        return f"{self._transport.place}{path}"

    def checked_below(self, path: str) -> str:
        """Return the URL of *path* like `below`, once the index shows that the base URL is a Pact Broker's.

        Without this check, a 404 of another server would mean that an object does not exist.

        Raises:
            UnexpectedAnswer: if there is no Pact Broker at the base URL.
        """
        _ = self.index
        return self.below(path)

    def get(self, address: str, *, wait_seconds: float = 0) -> JsonObject:
        """Return the document at *address*; the broker may wait *wait_seconds* before it answers."""
        return self._transport.send("GET", address, wait_seconds=wait_seconds)

    def headers(self) -> Mapping[str, str]:
        """Return the headers that come with the index."""
        return self._transport.headers(self.below("/"))

    def text(self, address: str) -> str:
        """Return the text of the document at *address*."""
        return self._transport.text(address)

    def send(
        self,
        method: str,
        address: str,
        body: Any = None,
        content_type: str = "application/json",
    ) -> JsonObject:
        """Write, and return the response."""
        return self._transport.send(method, address, body=body, content_type=content_type)

    def post_repeatably(self, address: str, body: Any) -> JsonObject:
        """Send a POST that may arrive twice, so it is repeated if it may be lost; return the response."""
        return self._transport.send("POST", address, body=body, repeatable=True)

    def merge(self, address: str, changes: Mapping[str, Any]) -> JsonObject:
        """Send a JSON merge patch, and return the response; it is repeated if it may be lost."""
        return self._transport.send(
            "PATCH", address, body=dict(changes), content_type="application/merge-patch+json", repeatable=True
        )

    def pages(self, address: str) -> Iterator[JsonObject]:
        """Yield the document at *address*, and every following page."""
        seen: set[str] = set()
        following: str | None = address
        while following is not None and following not in seen:
            seen.add(following)
            document = self.get(following)
            yield document
            link = hal.get_link(document, "next")
            following = None if link is None else self.address(link.href)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def query(address: str, **parameters: str | None) -> str:
    """Add the query *parameters* to *address*, without those that are None."""
    values = {key: value for key, value in parameters.items() if value is not None}
    if not values:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"


def entry(document: JsonObject, relation: str, name: str, what: str) -> str:
    """Return the href of the link called *name* of *relation*, which has one for each environment.

    Raises:
        NotSupported: if *document* has no such relation.
        NotFound: if no link has the name; the message lists the existing names.
    """
    if relation not in hal.mapping(document, "_links", {}):
        raise NotSupported(relation, what)
    addresses = {link.name: link.href for link in hal.links(document, relation)}
    if name in addresses:
        return addresses[name]
    raise NotFound(unknown_names.environment(name, filter(None, addresses)))
