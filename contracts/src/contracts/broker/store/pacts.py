"""Pacts in SQL, to read: a publication links a consumer version to a content, which a pair stores once.

A replaced publication stays as an earlier revision; the last one has the flag `latest`.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, or_, select

from contracts.broker.store.membership import among
from contracts.broker.store.pact_filters import on_branch, tagged
from contracts.broker.store.pact_rows import Which, between, consumers, is_side, pact_of, pacts, providers
from contracts.broker.store.tables import pact_publications, pact_versions, pacticipants, tags, versions
from contracts.model import partial_contracts
from contracts.model.errors import NotFound
from contracts.model.pacts import Pact
from contracts.model.partial_contracts import PartialContract
from contracts.model.versions import VersionRef
from contracts.model.webhooks import Side


def find(connection: Connection, provider: str, consumer: str, version: str) -> Pact:
    """The pact of the consumer's *version* with the provider.

    Raises:
        NotFound: if there is none.
    """
    pact = get(connection, provider, consumer, version)
    return _required(pact, f"There is no pact between {consumer} ({version}) and {provider}")


def get(connection: Connection, provider: str, consumer: str, version: str) -> Pact | None:
    """The pact of the consumer's *version* with the provider, or None."""
    parameters = {"consumer": consumer, "provider": provider, "number": version}
    return _one(connection, _of_pair_numbered(), parameters)


def find_latest(
    connection: Connection, provider: str, consumer: str, *, tag: str | None = None, branch: str | None = None
) -> Pact:
    """The pact of the consumer's latest version with one for the provider; with *tag* or on *branch* if given.

    Raises:
        NotFound: if there is none.
    """
    query, which = _newest(_of_pair(provider, consumer)), ""
    if tag is not None:
        query, which = query.where(tagged(tag)), f" with tag {tag}"
    if branch is not None:
        query, which = query.where(on_branch(branch)), f" on branch {branch}"
    return _required(_one(connection, query), f"There is no pact between {consumer} and {provider}{which}")


def get_latest(connection: Connection, provider: str, consumer: str) -> Pact | None:
    """The pact of the consumer's latest version that has one with the provider, or None."""
    return _one(connection, _newest(_of_pair(provider, consumer)))


def find_untagged(connection: Connection, provider: str, consumer: str) -> Pact:
    """The pact of the consumer's latest version that has one with the provider and has no tag.

    Raises:
        NotFound: if there is none.
    """
    query = _newest(_of_pair(provider, consumer)).where(~_has_tags())
    return _required(_one(connection, query), f"There is no pact without tags between {consumer} and {provider}")


def find_by_sha(
    connection: Connection,
    provider: str,
    consumer: str,
    sha: str,
    *,
    version: str | None = None,
    version_ids: Collection[int] = (),
) -> Pact:
    """The pact with this content: of *version*, or of the latest of *version_ids*, or the latest of all.

    A version without this content is ignored. A content that was replaced in its version is pact as long as that
    earlier revision exists: a verifier that received its URL may still read it and send results to it.

    Raises:
        NotFound: if no version of the consumer has, or had, this content with the provider.
    """
    pact = None
    if version is not None or version_ids:
        named = versions.c.number == version if version is not None else among(versions.c.id, version_ids)
        content = {"consumer": consumer, "provider": provider, "sha": sha}
        pact = _one(connection, _with_content().where(named), content)
    if pact is None:
        pact = get_by_sha(connection, provider, consumer, sha) or _get_replaced(connection, provider, consumer, sha)
    return _required(pact, f"There is no pact {sha} between {consumer} and {provider}")


def get_by_sha(connection: Connection, provider: str, consumer: str, sha: str) -> Pact | None:
    """The pact of the latest version with this content, or None."""
    return _one(connection, _with_content(), {"consumer": consumer, "provider": provider, "sha": sha})


def _get_replaced(connection: Connection, provider: str, consumer: str, sha: str) -> Pact | None:
    """The earlier revision of the latest version that had this content, or None."""
    parameters = {"consumer": consumer, "provider": provider, "sha": sha}
    return _one(connection, _with_content(replaced=True), parameters)


def consumer_versions(
    connection: Connection, consumer_id: int, *, version: str | None, version_ids: Collection[int]
) -> list[VersionRef]:
    """The consumer's existing versions with this number or these ids, the newest first."""
    if version is None and not version_ids:
        return []
    query = (
        select(versions.c.id, pacticipants.c.name, versions.c.number)
        .join(pacticipants, pacticipants.c.id == versions.c.pacticipant_id)
        .where(
            versions.c.pacticipant_id == consumer_id,
            or_(versions.c.number == version, among(versions.c.id, version_ids)),
        )
        .order_by(versions.c.id.desc())
    )
    return [VersionRef(id=row.id, pacticipant=row.name, number=row.number) for row in connection.execute(query)]


def get_newest(connection: Connection, consumer: Side | None, provider: Side | None) -> Pact | None:
    """The pact that was published last between these sides, or None."""
    query = pacts().where(is_side(consumers, consumer), is_side(providers, provider))
    return _one(connection, query.order_by(pact_publications.c.id.desc()).limit(1))


def of_content(
    connection: Connection, pact_version_id: int, number: str | None, version_ids: Collection[int]
) -> list[Pact]:
    """The pacts with this content of the version called *number* and of *version_ids*, the oldest first."""
    named = or_(among(versions.c.id, version_ids), versions.c.number == number)  # no version has the number None
    query = pacts().where(pact_publications.c.pact_version_id == pact_version_id, named)
    return [pact_of(row) for row in connection.execute(query.order_by(versions.c.id))]


def find_previous_distinct(connection: Connection, pact: Pact) -> Pact:
    """The pact of the latest earlier version of the same pair whose content differs.

    Raises:
        NotFound: if there is none.
    """
    previous = get_previous_distinct(connection, pact)
    return _required(previous, f"There is no earlier, different version of the {pact.name}")


def get_previous_distinct(connection: Connection, pact: Pact) -> Pact | None:
    """The pact of the latest earlier version of the same pair whose content differs, or None."""
    query = _newest(between(pact.consumer.id, pact.provider.id)).where(
        pact_publications.c.consumer_version_id < pact.consumer_version.id,
        pact_publications.c.pact_version_id != pact.pact_version_id,
    )
    return _one(connection, query)


def of_version(connection: Connection, version_id: int, provider_ids: Collection[int]) -> dict[int, Pact]:
    """The pacts of a consumer version with these providers, by provider id."""
    query = pacts().where(versions.c.id == version_id, among(pact_publications.c.provider_id, provider_ids))
    return {row.provider_id: pact_of(row) for row in connection.execute(query)}


def of_versions(connection: Connection, version_ids: Collection[int]) -> dict[int, tuple[Pact, ...]]:
    """The pacts of consumer versions, by version id, each version's by provider name."""
    query = pacts().where(among(pact_publications.c.consumer_version_id, version_ids)).order_by(providers.c.name)
    pacts_by_version: dict[int, tuple[Pact, ...]] = {}
    for row in connection.execute(query):
        pacts_by_version[row.consumer_version_id] = (*pacts_by_version.get(row.consumer_version_id, ()), pact_of(row))
    return pacts_by_version


def content(connection: Connection, pact_version_id: int) -> str:
    """The text of a content, JSON."""
    query = select(pact_versions.c.content).where(pact_versions.c.id == pact_version_id)
    return str(connection.execute(query).scalar_one())


def contract(connection: Connection, pact_version_id: int) -> PartialContract:
    """A content, of which only the necessary parts are parsed."""
    query = select(pact_versions.c.content, pact_versions.c.excerpt).where(pact_versions.c.id == pact_version_id)
    row = connection.execute(query).one()
    return partial_contracts.read(row.content, row.excerpt)


def contents(connection: Connection, pact_version_ids: Collection[int]) -> dict[int, str]:
    """The texts of contents, JSON, by id; they may be large."""
    query = select(pact_versions.c.id, pact_versions.c.content).where(among(pact_versions.c.id, pact_version_ids))
    return {row.id: row.content for row in connection.execute(query)}


def ids_of_contents(connection: Connection, provider_id: int, contents: Collection[tuple[str, str]]) -> list[int]:
    """The ids of the provider's *contents*, each a consumer's name and a hash, in order; without unknown ones."""
    query = (
        select(pact_versions.c.id, pacticipants.c.name, pact_versions.c.sha)
        .join(pacticipants, pacticipants.c.id == pact_versions.c.consumer_id)
        .where(pact_versions.c.provider_id == provider_id, among(pacticipants.c.name, {name for name, _ in contents}))
        .order_by(pact_versions.c.id)
    )
    return [row.id for row in connection.execute(query) if (row.name, row.sha) in contents]


def _of_pair(provider: str | BindParameter[Any], consumer: str | BindParameter[Any]) -> Select[*tuple[Any, ...]]:
    return pacts().where(consumers.c.name == consumer, providers.c.name == provider)


@cache
def _of_pair_numbered() -> Select[*tuple[Any, ...]]:
    # with the owner, the version is found by its number instead of among all pacts of the pair
    owned = versions.c.pacticipant_id == consumers.c.id
    return _of_pair(bindparam("provider"), bindparam("consumer")).where(versions.c.number == bindparam("number"), owned)


@cache
def _with_content(*, replaced: bool = False) -> Select[*tuple[Any, ...]]:
    """The newest pact, or earlier revision, with a content; the content first, because many versions may have it."""
    party = pacticipants.alias("party")

    def party_id(name: str) -> Any:
        return select(party.c.id).where(party.c.name == bindparam(name)).scalar_subquery()

    contents = pact_versions.alias("contents")
    content = select(contents.c.id).where(
        contents.c.consumer_id == party_id("consumer"),
        contents.c.provider_id == party_id("provider"),
        contents.c.sha == bindparam("sha"),
    )
    publications = pacts(replaced=replaced).where(pact_publications.c.pact_version_id == content.scalar_subquery())
    return _newest(publications).order_by(pact_publications.c.revision_number.desc())


def _newest(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.order_by(pact_publications.c.consumer_version_id.desc()).limit(1)


def _has_tags() -> Which:
    return select(tags.c.id).where(tags.c.version_id == versions.c.id).exists()


def _one(
    connection: Connection, query: Select[*tuple[Any, ...]], parameters: dict[str, Any] | None = None
) -> Pact | None:
    row = connection.execute(query, parameters).one_or_none()
    return None if row is None else pact_of(row)


def _required(pact: Pact | None, error: str) -> Pact:
    if pact is None:
        raise NotFound(error)
    return pact
