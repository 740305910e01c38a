"""Replay the contracts of an archive and their results into a broker."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from contracts.client import hal
from contracts.client.archive import results
from contracts.client.archive.replay_steps import Done, Outline
from contracts.client.broker import Broker
from contracts.client.documents import Contract
from contracts.client.errors import Conflict, Invalid, NotFound
from contracts.client.hal import JsonObject
from contracts.client.navigation import Navigator, query
from contracts.model import contents
from contracts.model.archive.records import Content, Gap, Pact, Record, Result, name


_EVERY_ROW = "1000000"


@dataclass(slots=True)
class _Published:
    """The URL for the results of a content, and the number of existing results by provider version."""

    address: str
    results: Counter[str] = field(default_factory=Counter)


class Contracts:
    """Publishes the pacts of *outline*, whose versions exist; *before* are the versions that existed before.

    *require_quiet* is called before anything that raises an event.
    """

    def __init__(
        self,
        broker: Broker,
        to: Navigator,
        outline: Outline,
        before: Collection[tuple[str, str]],
        require_quiet: Callable[[], None],
    ) -> None:
        self._broker = broker
        self._to = to
        self._outline = outline
        self._before = before
        self._require_quiet = require_quiet
        self._published: dict[tuple[str, str, str], _Published] = {}
        self._unpublished = self._homeless = self._overruled = self._flagged = 0
        self._other_identities: list[str] = []
        self._without_build_url: list[str] = []

    def steps(self, records: Iterable[Record]) -> Iterator[Done | Gap]:
        """Publish the contents among *records*, and then their results, in their order."""
        for record in records:
            match record:
                case Content():
                    yield from self._content(record)
                case Result():
                    yield from self._result(record)
                case _:
                    pass

    def lost(self) -> Iterator[Gap]:
        """The gaps: parts of contracts and results that the API cannot transfer."""
        for count, what, reason in (
            (self._unpublished, "contents that no version publishes", "nothing leads to them any more"),
            (self._homeless, "results of such contents", "a result is sent to a content"),
            (
                self._overruled,
                "results after which a later one of the same version was deleted",
                "the provider's version counts as one without a result, as before",
            ),
            (
                self._flagged,
                "results of pending pacts or work in progress",
                "they count as ordinary ones: what only they verified is work in progress no longer",
            ),
        ):
            if count:
                yield Gap(what=f"{what} ({count})", reason=reason, inherent=True)
        for what in self._without_build_url:
            yield Gap(what=f"the build URL of {what}", reason="the broker takes it for no URL", inherent=True)
        if self._other_identities:
            shown = ", ".join(self._other_identities[:20]) + (", …" if self._other_identities[20:] else "")
            reason = (
                f"the broker computes another for {len(self._other_identities)} (merged or older contents): {shown}"
            )
            yield Gap(what="the identity of some contents", reason=reason, inherent=True)

    def _content(self, record: Content) -> Iterator[Done | Gap]:
        key = record.consumer, record.provider, record.sha
        pacts = self._outline.pacts.get(key, [])
        if not pacts:
            self._unpublished += 1
            return
        text, sha = _as_sent(record)
        stored: JsonObject | None = None
        any_added = False
        for pact in pacts:
            try:
                document, added = self._pact(pact, text, {sha, record.sha}, fetched=stored is not None)
            except (Conflict, Invalid, NotFound) as error:
                yield Gap(what=name(pact), reason=str(error))
                continue
            stored, any_added = stored or document, any_added or added
            yield Done(kind=pact.kind, added=added)
        if stored is None:
            return
        at_broker = _sha(stored)
        if at_broker != record.sha:
            self._other_identities.append(f"{record.consumer} and {record.provider} {record.sha[:8]}")
        address = self._to.linked(stored, "pb:publish-verification-results", "publishing results")
        self._published[key] = _Published(address=address)
        if any((each.consumer, each.version) in self._before for each in pacts):
            self._published[key].results = self._results_of((record.consumer, record.provider, at_broker), pacts[0])
        yield Done(kind=record.kind, added=any_added)

    def _pact(self, pact: Pact, text: str, shas: Collection[str], *, fetched: bool) -> tuple[JsonObject | None, bool]:
        """The document of *pact*, unless one of the content was *fetched* before, and whether it was published now."""
        pair = f"provider/{hal.segment(pact.provider)}/consumer/{hal.segment(pact.consumer)}"
        address = self._to.below(f"/pacts/{pair}/version/{hal.segment(pact.version)}")
        if (pact.consumer, pact.version) in self._before:
            try:
                document = self._to.get(address)
            except NotFound:
                pass
            else:
                if _sha(document) not in shas:
                    raise Conflict(
                        f"the broker holds another contract of this version ({_sha(document)}): it stays as it is"
                    )
                return document, False
        self._require_quiet()
        contract = Contract(consumer=pact.consumer, provider=pact.provider, content=text.encode())
        self._broker.publish_contracts(pacticipant=pact.consumer, version=pact.version, contracts=[contract])
        return (None if fetched else self._to.get(address)), True

    def _results_of(self, content: tuple[str, str, str], pact: Pact) -> Counter[str]:
        """The number of results of a content in the broker, by provider version."""
        address = query(self._to.below("/matrix"), **{"q[][pacticipant]": pact.consumer, "q[][version]": pact.version})
        if pact.provider != pact.consumer:
            address = query(address, **{"q[][pacticipant]": pact.provider})
        rows = hal.objects(self._to.get(query(address, limit=_EVERY_ROW)).get("matrix"), "matrix")
        return Counter(each.provider_version for each in results.listed_results(rows) if each.content == content)

    def _result(self, record: Result) -> Iterator[Done | Gap]:
        key = record.consumer, record.provider, record.sha
        if (published := self._published.get(key)) is None:
            self._homeless += 1
            return
        if (*key, record.provider_version) not in self._outline.last_results:
            self._overruled += 1
            return
        self._flagged += record.wip or bool(record.pending)
        if published.results[record.provider_version]:
            published.results[record.provider_version] -= 1
            yield Done(kind=record.kind, added=False)
            return
        self._require_quiet()
        try:
            self._send(published.address, record)
        except (Conflict, Invalid, NotFound) as error:
            yield Gap(what=name(record), reason=str(error))
            return
        yield Done(kind=record.kind, added=True)

    def _send(self, address: str, record: Result) -> None:
        body = {
            "success": record.success,
            "providerApplicationVersion": record.provider_version,
            "verificationDate": record.executed_at.isoformat(),
        }
        optional = {"testResults": record.test_results, "verifiedBy": record.verified_by or None}
        body |= {key: value for key, value in optional.items() if value is not None}
        if record.build_url is None:
            self._to.send("POST", address, body)
            return
        try:
            self._to.send("POST", address, body | {"buildUrl": record.build_url})
        except Invalid:
            self._to.send("POST", address, body)
            self._without_build_url.append(name(record))


def _as_sent(record: Content) -> tuple[str, str]:
    """The text of a content as it was sent, and its identity; an `_id` that equals the computed one may be in both."""
    whole = contents.sha(json.loads(record.text))
    if whole == record.sha:
        return record.text, whole
    text = contents.without_injected_ids(record.text)
    return text, contents.sha(json.loads(text))


def _sha(document: JsonObject) -> str:
    """The broker's identity of the content of a pact's *document*."""
    link = hal.find_link(document, "pb:pact-version", "the identity of a pact")
    return link.name or link.href.rpartition("/")[2]
