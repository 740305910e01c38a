"""Publishing pacts: read the files, refuse what is not publishable, send one request per consumer.

Everything is read and checked before anything is sent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contracts.client import Contract, UsageError


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from contracts.client import Broker
    from contracts.model.notices import Notice


class NotPublishable(UsageError):
    """What lies in the pact files cannot be published; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published: *notices* are the broker's, in order; *contracts* by consumer, provider."""

    version: str
    branch: str | None
    contracts: tuple[Contract, ...]
    notices: tuple[Notice, ...]
    pact_urls: tuple[str, ...]


def publish(
    broker: Broker,
    *,
    pact_files: Sequence[Path],
    version: str,
    branch: str | None,
    tags: Sequence[str] = (),
    build_url: str | None = None,
    pacticipant: str | None = None,
) -> Published:
    """Publish the pacts in *pact_files* (files, or folders of them) as *version* of their consumers.

    With *pacticipant* given, a pact of any other consumer is refused.

    Raises:
        NotPublishable: if no file is found, one is no pact, two are of the same pair, …
        Conflict: if the broker holds another content for this version; carries its notices.
        ClientError: if the broker cannot be reached, refuses, …
    """
    if not version.strip():
        msg = "A version is needed to publish pacts: give the commit's full hash."
        raise NotPublishable(msg)
    contracts = read(pact_files, pacticipant=pacticipant)
    by_consumer: dict[str, list[Contract]] = {}
    for contract in contracts:
        by_consumer.setdefault(contract.consumer, []).append(contract)
    answers = [
        broker.publish_contracts(
            pacticipant=consumer,
            version=version,
            contracts=own,
            branch=branch,
            tags=tags,
            build_url=build_url,
        )
        for consumer, own in by_consumer.items()
    ]
    return Published(
        version=version,
        branch=branch,
        contracts=contracts,
        notices=tuple(notice for answer in answers for notice in answer.notices),
        pact_urls=tuple(url for answer in answers for url in answer.pact_urls),
    )


def read(paths: Iterable[Path], *, pacticipant: str | None = None) -> tuple[Contract, ...]:
    """The pacts in *paths*, each a file or a folder of *.json files, by consumer and provider.

    Raises:
        NotPublishable: if no file is found, one is no pact, two are of the same pair, or one is of
            another consumer than *pacticipant*.
    """
    sources: dict[tuple[str, str], Path] = {}
    contracts: list[Contract] = []
    for path in files(paths):
        contract = read_pact(path)
        pair = (contract.consumer, contract.provider)
        if pacticipant is not None and contract.consumer != pacticipant:
            msg = (
                f"{path} is a pact of consumer {contract.consumer!r}, but the pacts of "
                f"{pacticipant!r} are to be published. Remove the file, or publish it as its own "
                "consumer."
            )
            raise NotPublishable(msg)
        if pair in sources:
            msg = (
                f"{path} and {sources[pair]} are both pacts between {pair[0]!r} and {pair[1]!r}; "
                "only one can be published. Merge them, or remove the one that is left over."
            )
            raise NotPublishable(msg)
        sources[pair] = path
        contracts.append(contract)
    return tuple(sorted(contracts, key=lambda each: (each.consumer, each.provider)))


def files(paths: Iterable[Path]) -> list[Path]:
    """The pact files that *paths* name: files as they are, folders for the *.json files in them.

    Raises:
        NotPublishable: if a path does not exist, or there is no file at all.
    """
    given = list(paths)
    found: list[Path] = []
    for path in given:
        if not path.exists():
            msg = f"There is no pact file or folder {path}. Do the consumer's tests write there?"
            raise NotPublishable(msg)
        found += sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not found:
        where = ", ".join(str(path) for path in given) or "no path given"
        msg = f"No pact files were found ({where}). Run the consumer's pact tests first."
        raise NotPublishable(msg)
    return list(dict.fromkeys(found))


def read_pact(path: Path) -> Contract:
    """The pact in the file *path*.

    Raises:
        NotPublishable: if it is not JSON, or names no consumer and provider.
    """
    try:
        content = path.read_bytes()
        document = json.loads(content)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}."
        raise NotPublishable(msg) from error
    except ValueError as error:
        msg = f"{path} is not JSON: {error}. Remove it, or let the consumer's tests write it anew."
        raise NotPublishable(msg) from error
    return Contract(
        consumer=_name(document, "consumer", path),
        provider=_name(document, "provider", path),
        content=content,
    )


def _name(document: Any, role: str, path: Path) -> str:  # noqa: ANN401 - any JSON
    party = document.get(role) if isinstance(document, dict) else None
    name = party.get("name") if isinstance(party, dict) else None
    if isinstance(name, str) and name.strip():
        return name
    msg = f"{path} is no pact: it does not name its {role}."
    raise NotPublishable(msg)
