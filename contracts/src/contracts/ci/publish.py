"""Publication of pact files: all files are read and checked, then each consumer is one request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.ci import pact_merging
from contracts.client import Broker, ClientError, Contract
from contracts.client.documents import Publication
from contracts.client.pact_files import (
    ENVELOPE_BYTES,
    MOST_REQUEST_BYTES,
    NotPublishable,
    files,
    read_all,
    read_pact,
    require_name,
    sent_bytes,
)
from contracts.model.notices import Notice


__all__ = ["MOST_REQUEST_BYTES", "NotPublishable", "PublishedPacts", "files", "publish", "read", "read_pact"]

_MOST_CONTRACTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPacts:
    """The pacts that the broker accepted, by consumer and provider, with its notices in order."""

    version: str
    branch: str | None
    contracts: tuple[Contract, ...]
    notices: tuple[Notice, ...]
    pact_urls: tuple[str, ...]


def publish(  # noqa: PLR0913 - everything is given by name
    broker: Broker,
    *,
    pact_files: Sequence[Path],
    version: str,
    branch: str | None,
    tags: Sequence[str] = (),
    build_url: str | None = None,
    pacticipant: str | None = None,
    most_request_bytes: int = MOST_REQUEST_BYTES,
    allow_empty: bool = False,
    merge: bool = False,
) -> PublishedPacts:
    """Publish the pacts in *pact_files* (files, or folders of them) as *version* of their consumers.

    Files of one pair are merged. With *pacticipant*, a pact of any other consumer is refused. A request has at most
    *most_request_bytes*: the pacts of a consumer that need more are sent in several. A pact without interactions is
    refused unless *allow_empty*: no provider verifies it, so a result would never arrive.
    With *merge*, a broker that allows changes adds new interactions to the pact that this version has.

    Raises:
        NotPublishable: if no files exist, or one cannot be published; nothing was sent.
        Conflict: if the broker has different content for this version; carries its notices.
        ClientError: if the broker cannot be reached, refuses, …; the message says which of several requests succeeded.
    """
    _require_names(version, branch, tags, build_url)
    contracts = read(pact_files, pacticipant=pacticipant, most_request_bytes=most_request_bytes)
    if not allow_empty:
        _require_interactions(contracts)
    requests = list(_requests(contracts, most_request_bytes))
    answers: list[Publication] = []
    for index, request in enumerate(requests):
        try:
            answers.append(
                broker.publish_contracts(
                    pacticipant=request[0].consumer,
                    version=version,
                    contracts=request,
                    branch=branch,
                    tags=tags,
                    build_url=build_url,
                    merge=merge,
                )
            )
        except ClientError as error:
            _add_progress(error, requests, index)
            raise
    return PublishedPacts(
        version=version,
        branch=branch,
        contracts=contracts,
        notices=tuple(notice for answer in answers for notice in answer.notices),
        pact_urls=tuple(url for answer in answers for url in answer.pact_urls),
    )


def read(
    paths: Iterable[Path], *, pacticipant: str | None = None, most_request_bytes: int = MOST_REQUEST_BYTES
) -> tuple[Contract, ...]:
    """Read the pacts in *paths*, files or folders of *.json files: one for each pair, by consumer and provider.

    Raises:
        NotPublishable: if no files exist, one cannot be published or is of another consumer than *pacticipant*, or
            two of one pair contradict each other.
    """
    return pact_merging.merge(read_all(paths, pacticipant=pacticipant, most_bytes=most_request_bytes))


def _require_names(version: str, branch: str | None, tags: Sequence[str], build_url: str | None) -> None:
    if not version.strip():
        raise NotPublishable("A version is required to publish pacts. Use the full commit hash.")
    require_name(version, f"The version {version!r}")
    if branch:
        require_name(branch, f"The branch {branch!r}")
    for tag in tags:
        require_name(tag, f"The tag {tag!r}")
    if build_url and ("\n" in build_url or "\r" in build_url):
        raise NotPublishable(f"The build URL {build_url!r} contains a line break.")


def _require_interactions(contracts: Iterable[Contract]) -> None:
    documents = ((each, json.loads(each.content)) for each in contracts)
    empty = [f"{each.consumer} → {each.provider}" for each, document in documents if not _has_interactions(document)]
    if empty:
        raise NotPublishable(
            f"A pact has no interactions: {', '.join(empty)}. No provider verifies it, so can-i-deploy would stay "
            "unknown. Run the consumer's contract tests. If it no longer uses the provider, remove the file. "
            "To publish it anyway, use --allow-empty."
        )


def _has_interactions(document: dict[str, Any]) -> bool:
    """Return whether a pact has interactions or messages; unreadable ones count."""
    return any(document.get(key) for key in ("interactions", "messages"))


def _requests(contracts: Sequence[Contract], most_bytes: int) -> Iterator[list[Contract]]:
    """Split *contracts* into requests of one consumer and at most *most_bytes* each.

    Raises:
        NotPublishable: if one contract alone is too large.
    """
    request: list[Contract] = []
    size = ENVELOPE_BYTES
    for contract in contracts:
        more = sent_bytes(len(contract.content))
        if ENVELOPE_BYTES + more > most_bytes:
            raise NotPublishable(
                f"The pact of {contract.consumer!r} and {contract.provider!r} takes {more:,} bytes to send, more than "
                f"the {most_bytes:,} of a request. Raise PACT_BROKER_MAX_BODY_BYTES at the broker and "
                "--max-request-bytes here, or split the pact."
            )
        another = request and request[0].consumer != contract.consumer
        if request and (another or size + more > most_bytes or len(request) == _MOST_CONTRACTS):
            yield request
            request, size = [], ENVELOPE_BYTES
        request.append(contract)
        size += more
    if request:
        yield request


def _add_progress(error: ClientError, requests: Sequence[Sequence[Contract]], failed: int) -> None:
    """Add to *error* which of several *requests* succeeded before the one that *failed*."""
    if failed:
        done, left = (_pairs(requests[:failed]), _pairs(requests[failed:]))
        error.args = (f"{error} Published before that: {done}. Not published: {left}.",)


def _pairs(requests: Iterable[Sequence[Contract]], limit: int = 10) -> str:
    pairs = [f"{each.consumer} → {each.provider}" for request in requests for each in request]
    return ", ".join(pairs[:limit]) + (f" and {len(pairs) - limit} more" if len(pairs) > limit else "")
