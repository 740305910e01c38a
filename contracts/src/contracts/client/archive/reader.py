"""Read all data of a Pact Broker or PactFlow over the links of its public API.

Data that no broker returns, and data that this one refuses or fails to return, becomes a Gap among the records. An
unreadable list or version, or a broker that does not answer, ends the reading; with `Seen`, the next run continues.

A few requests run at a time; they share only the pool of urllib3, which allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from contracts.client import hal
from contracts.client.archive import documents, results
from contracts.client.archive.results import ListedResult
from contracts.client.errors import Conflict, ForeignLink, Invalid, NotFound, NotSupported, Refused, UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator, query
from contracts.model.archive.records import (
    Branch,
    Content,
    Environment,
    Gap,
    Integration,
    Key,
    Pact,
    Pacticipant,
    Record,
    name,
    named,
)


_PAGE = "100"
_WORKERS = 4
_AT_ONCE = 64  # requests ahead of the written records
_EVERY_ROW = "1000000"  # the reference broker returns a hundred by default, and applies the limit first

# one unreadable document; without any answer, or with refused credentials, the reading ends
_HIDDEN = (Refused, NotFound, NotSupported, ForeignLink, Invalid, Conflict, UnexpectedAnswer)
_UNKNOWN = 401

OnProgress = Callable[[str, int, int], None]
"""Called with the name of a part, the number read so far and the total."""

_Dated = TypeVar("_Dated", Pacticipant, Environment, Branch)
_Asked = TypeVar("_Asked")
_Given = TypeVar("_Given")


def _unheard(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(slots=True)
class Seen:
    """The memory of a reading: the keys of all records, and for each content the first version that published it."""

    keys: set[Key] = field(default_factory=set)
    contents: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def note(self, record: Record) -> None:
        """Remember *record* as read, unless it is a gap, which may be filled later."""
        if not isinstance(record, Gap):
            self.keys.add(record.key)
        if isinstance(record, Pact):
            self.contents.setdefault((record.consumer, record.provider, record.sha), record.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """A version in a list; *since* never decreases from one version of an application to the next."""

    since: datetime
    pacticipant: str
    position: int
    number: str
    address: str


def read(to: Navigator, seen: Seen, on_progress: OnProgress = _unheard) -> Iterator[Record]:
    """Yield every record that is not in *seen*, in an order for a file, and add it there.

    *on_progress* is called for each part, from its beginning.
    """
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="archive") as pool:
        try:
            for record in _Reading(to, seen, pool, on_progress).records():
                seen.note(record)
                yield record
        finally:
            pool.shutdown(cancel_futures=True)


class _Reading:
    def __init__(self, to: Navigator, seen: Seen, pool: ThreadPoolExecutor, on_progress: OnProgress) -> None:
        self._to = to
        self._seen = seen
        self._pool = pool
        self._on_progress = on_progress
        self._environments = True

    def records(self) -> Iterator[Record]:
        """Yield all records, each after those that it refers to."""
        owners = list(self._in_turn("applications", self._to.get, self._pacticipant_addresses()))
        places = self._list_environments()
        self._environments = bool(places)
        branches = [each for owner in self._in_turn("lists of branches", self._branches, owners) for each in owner]
        listed: list[Pacticipant | Environment | Branch] = [
            *_oldest_first(map(documents.pacticipant, owners)),
            *_oldest_first(places),
            *_oldest_first(branches),
        ]
        yield from (each for each in listed if each.key not in self._seen.keys)
        if not self._to.offers("pb:environments"):
            yield Gap(what="environments, deployments and releases", reason="this broker has none", inherent=True)
        yield from self._versions(owners)
        yield from self._results()
        yield from self._integrations()
        yield from self._webhooks()
        yield from documents.INHERENT

    def _in_turn(self, what: str, ask: Callable[[_Asked], _Given], things: Iterable[_Asked]) -> Iterator[_Given]:
        """Yield the responses in the order of *things*, with a few requests at a time; report progress for *what*."""
        things = list(things)
        done = 0
        self._on_progress(what, done, len(things))
        for start in range(0, len(things), _AT_ONCE):
            for answer in self._pool.map(ask, things[start : start + _AT_ONCE]):
                yield answer
                done += 1
                self._on_progress(what, done, len(things))

    def _pages(self, address: str, name_of_list: str) -> Iterator[JsonObject]:
        for page in self._to.pages(query(address, page="1", size=_PAGE)):
            yield from hal.embedded(page, name_of_list)

    def _pacticipant_addresses(self) -> list[str]:
        listed = self._pages(self._to.relation("pb:pacticipants", "listing pacticipants"), "pacticipants")
        return list(dict.fromkeys(self._to.linked(each, "self", "reading pacticipants") for each in listed))

    def _list_environments(self) -> list[Environment]:
        if not self._to.offers("pb:environments"):
            return []
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        return [documents.environment(each) for each in hal.embedded(document, "environments")]

    def _branches(self, owner: JsonObject) -> list[Branch]:
        if hal.get_link(owner, "pb:branches") is None:
            return []
        listed = self._pages(self._to.linked(owner, "pb:branches", "listing branches"), "branches")
        branches = {each.key: each for each in (documents.branch(hal.text(owner, "name"), one) for one in listed)}
        return list(branches.values())

    def _versions(self, owners: Sequence[JsonObject]) -> Iterator[Record]:
        """Yield versions in order of creation, each with the records that belong only to it."""
        listed = [each for page in self._in_turn("lists of versions", self._list_versions, owners) for each in page]
        listed.sort(key=lambda each: (each.since, each.pacticipant, each.position))
        new = [each for each in listed if ("version", each.pacticipant, each.number) not in self._seen.keys]
        for records in self._in_turn("versions with their pacts", self._version, new):
            for each in records:
                if not isinstance(each, Content) or each.key not in self._seen.keys:
                    yield self._checked(each)

    def _list_versions(self, owner: JsonObject) -> list[_Listed]:
        pacticipant = hal.text(owner, "name")
        address = self._to.linked(owner, "pb:versions", "listing versions")
        # a version that is created during the reading moves the others down: some then appear twice
        newest_first = {hal.text(each, "number"): each for each in self._pages(address, "versions")}
        versions, since = [], None
        for position, (number, document) in enumerate(reversed(newest_first.items())):
            created = documents.moment(document, "createdAt")
            since = created if since is None else max(since, created)
            link = self._to.linked(document, "self", "reading versions")
            versions.append(
                _Listed(since=since, pacticipant=pacticipant, position=position, number=number, address=link)
            )
        return versions

    def _version(self, listed: _Listed) -> list[Record]:
        """A version with its pacts, deployments and releases.

        A failure is not a gap: a version that is read later would be out of order.
        """
        try:
            document = self._to.get(listed.address)
            records: list[Record] = [documents.version(listed.pacticipant, document, self._dated)]
        except NotFound:
            what = f"version {listed.number} of {listed.pacticipant}"
            return [Gap(what=what, reason="it was removed during the reading")]
        for link in hal.links(document, "pb:pact-versions"):
            records += self._shown(f"the pact at {link.href}", self._pact, link.href)
        if self._environments:
            for link in hal.links(document, "pb:deployed-environments"):
                records += self._shown(f"the deployment at {link.href}", self._deployment, link.href)
            for link in hal.links(document, "pb:released-environments"):
                records += self._shown(f"the release at {link.href}", self._release, link.href)
        return records

    def _dated(self, embedded: JsonObject) -> datetime:
        """The date of a branch or tag of a version; only its own document has it."""
        return documents.moment(self._to.get(self._to.linked(embedded, "self", "dates")), "createdAt")

    def _pact(self, href: str) -> list[Record]:
        return list(documents.pact(self._to.text(self._to.address(href))))

    def _deployment(self, href: str) -> list[Record]:
        return [documents.deployment(self._to.get(self._to.address(href)))]

    def _release(self, href: str) -> list[Record]:
        return [documents.release(self._to.get(self._to.address(href)))]

    def _webhook(self, href: str) -> list[Record]:
        return documents.webhook(self._to.get(self._to.address(href)))

    def _results(self) -> Iterator[Record]:
        """Yield results by number; the matrix lists them all, and the document of each has its content."""
        listed = [
            each
            for rows in self._in_turn("lists of results", self._matrix, self._seen.contents.items())
            for each in rows
        ]
        yield from (each for each in listed if isinstance(each, Gap))
        numbered, gaps = results.numbered(each for each in listed if isinstance(each, ListedResult))
        yield from gaps
        new = [each for each in numbered if ("result", each.number) not in self._seen.keys]
        for records in self._in_turn("results", self._result, new):
            yield from map(self._checked, records)

    def _matrix(self, published: tuple[tuple[str, str, str], str]) -> list[ListedResult | Gap]:
        """The results of a content, from the matrix of a version that published it."""
        content, version = published
        consumer, provider, _ = content
        address = query(self._to.below("/matrix"), **{"q[][pacticipant]": consumer, "q[][version]": version})
        if provider != consumer:
            address = query(address, **{"q[][pacticipant]": provider})
        try:
            document = self._to.get(query(address, limit=_EVERY_ROW))
        except _HIDDEN as error:
            return [_gap(f"the results of {consumer} ({version}) and {provider}", error)]
        rows = results.listed_results(hal.objects(document.get("matrix"), "matrix"))
        return [each for each in rows if each.content == content]

    def _result(self, listed: ListedResult) -> list[Record]:
        what = f"result {listed.number} of {listed.consumer} and {listed.provider}"
        return self._shown(
            what, lambda href: [results.result(listed, self._to.get(self._to.address(href)))], listed.href
        )

    def _integrations(self) -> Iterator[Record]:
        """Yield the listed pairs and all pairs with pacts: without the latter a provider would have no consumers."""
        pairs: list[Integration] = []
        try:
            listed = self._pages(self._to.relation("pb:integrations", "integrations"), "integrations")
            pairs += [documents.integration(each) for each in listed]
        except _HIDDEN as error:
            yield _gap("the list of integrations", error)
        pairs.reverse()  # the newest first
        pairs += [Integration(consumer=consumer, provider=provider) for consumer, provider, _ in self._seen.contents]
        for each in {one.key: one for one in pairs}.values():
            if each.key not in self._seen.keys:
                yield self._checked(each)

    def _webhooks(self) -> Iterator[Record]:
        def listed(address: str) -> list[str]:
            return [each.href for each in hal.links(self._to.get(address), "pb:webhooks")]

        try:
            hrefs = listed(self._to.relation("pb:webhooks", "webhooks"))
        except _HIDDEN as error:
            yield _gap("the webhooks", error)
            return
        for records in self._in_turn(
            "webhooks", lambda href: self._shown(f"the webhook at {href}", self._webhook, href), hrefs
        ):
            yield from (self._checked(each) for each in records if each.key not in self._seen.keys)

    def _shown(self, what: str, ask: Callable[[str], list[Record]], href: str) -> list[Record]:
        try:
            return ask(href)
        except _HIDDEN as error:
            return [_gap(what, error)]

    def _checked(self, record: Record) -> Record:
        """*record*, or a gap in its place if it refers to data that was created after its list was read."""
        for key in named(record):
            if key not in self._seen.keys:
                reason = f"it was created during the reading, as was the {' '.join(map(str, key))}: import again"
                return Gap(what=f"the {name(record)}", reason=reason)
        return record


def _oldest_first(records: Iterable[_Dated]) -> list[_Dated]:
    return sorted(records, key=lambda each: each.created_at)


def _gap(what: str, error: Exception) -> Gap:
    if isinstance(error, Refused) and error.status == _UNKNOWN:
        raise error
    return Gap(what=what, reason=str(error))
