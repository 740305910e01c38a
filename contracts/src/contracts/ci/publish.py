"""Publishing pacts: read the files, refuse what is not publishable, send one request per consumer.

Everything is read and checked before anything is sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.ci.pact_merging import merge
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


__all__ = ["MOST_REQUEST_BYTES", "NotPublishable", "Published", "files", "publish", "read", "read_pact"]

_MOST_CONTRACTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published: *notices* are the broker's, in order; *contracts* by consumer, provider."""

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
) -> Published:
    """Publish the pacts in *pact_files* (files, or folders of them) as *version* of their consumers.

    Files of one pair are merged. With *pacticipant*, a pact of any other consumer is refused. A request has at most
    *most_request_bytes*: the pacts of a consumer that need more are sent in several. A pact without interactions is
    refused unless *allow_empty*: no provider verifies it, so that its consumer would wait for a result in vain.

    Raises:
        NotPublishable: if no file is found, or one cannot be published; nothing was sent.
        Conflict: if the broker holds another content for this version; carries its notices.
        ClientError: if the broker cannot be reached, refuses, …; of several requests it says which were answered.
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
                )
            )
        except ClientError as error:
            _add_what_was_sent(error, requests, index)
            raise
    return Published(
        version=version,
        branch=branch,
        contracts=contracts,
        notices=tuple(notice for answer in answers for notice in answer.notices),
        pact_urls=tuple(url for answer in answers for url in answer.pact_urls),
    )


def read(
    paths: Iterable[Path], *, pacticipant: str | None = None, most_request_bytes: int = MOST_REQUEST_BYTES
) -> tuple[Contract, ...]:
    """The pacts in *paths*, each a file or a folder of *.json files, by consumer and provider; one for each pair.

    Raises:
        NotPublishable: if no file is found, one cannot be published or is of another consumer than *pacticipant*, or
            two of one pair contradict each other.
    """
    return merge(read_all(paths, pacticipant=pacticipant, most_bytes=most_request_bytes))


def _require_names(version: str, branch: str | None, tags: Sequence[str], build_url: str | None) -> None:
    if not version.strip():
        raise NotPublishable("A version is needed to publish pacts: give the commit's full hash.")
    require_name(version, f"The version {version!r}")
    if branch:
        require_name(branch, f"The branch {branch!r}")
    for tag in tags:
        require_name(tag, f"The tag {tag!r}")
    if build_url and ("\n" in build_url or "\r" in build_url):
        raise NotPublishable(f"The build URL {build_url!r} contains a line break.")


def _require_interactions(contracts: Iterable[Contract]) -> None:
    documents = ((each, json.loads(each.content)) for each in contracts)
    empty = [f"{each.consumer} → {each.provider}" for each, document in documents if not _asks(document)]
    if empty:
        raise NotPublishable(
            f"A pact has no interactions: {', '.join(empty)}. No provider verifies it, so that can-i-deploy would stay "
            "unknown. Run the consumer's contract tests; if it no longer uses the provider, remove the file. "
            "--allow-empty publishes it as it is."
        )


def _asks(document: dict[str, Any]) -> bool:
    """Whether a pact has an interaction or a message, or a list of them that cannot be read."""
    return any(document.get(key) for key in ("interactions", "messages"))


def _requests(contracts: Sequence[Contract], most_bytes: int) -> Iterator[list[Contract]]:
    """The *contracts* in requests, each of one consumer and of a size that the broker takes.

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


def _add_what_was_sent(error: ClientError, requests: Sequence[Sequence[Contract]], failed: int) -> None:
    """Let *error* say which of several *requests* the broker took: a version may be published by half."""
    if failed:
        taken, left = (_pairs(requests[:failed]), _pairs(requests[failed:]))
        error.args = (f"{error} Published before that: {taken}. Not published: {left}.",)


def _pairs(requests: Iterable[Sequence[Contract]], most: int = 10) -> str:
    pairs = [f"{each.consumer} → {each.provider}" for request in requests for each in request]
    return ", ".join(pairs[:most]) + (f" and {len(pairs) - most} more" if len(pairs) > most else "")
