"""The page of what changed from one content of a contract to another."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import pacts
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import Pages
from contracts.model import contract_changes, partial_contracts
from contracts.model.contract_changes import ChangedInteraction
from contracts.model.pacts import Pact


MOST_CHANGES = 1_000  # on a page
KINDS = ("changed", "renamed", "added", "removed")
LONGEST_VALUE = 300  # characters


def add(pages: Pages) -> None:
    """Add the page to *pages*, at each path that compares two contents."""

    @pages.page(urls.DIFF_PREVIOUS_DISTINCT)
    def previous(_request: Request, provider: str, consumer: str, version: str) -> str:
        with pages.runtime.database.reading() as connection:
            pact = pacts.find(connection, provider, consumer, version)
            return _render(pages, connection, pacts.get_previous_distinct(connection, pact), pact)

    @pages.page(urls.DIFF_VERSION)
    def with_version(_request: Request, provider: str, consumer: str, version: str, other: str) -> str:
        with pages.runtime.database.reading() as connection:
            pact = pacts.find(connection, provider, consumer, version)
            return _render(pages, connection, pacts.get(connection, provider, consumer, other), pact)

    @pages.page(urls.DIFF_PACT_VERSION)
    def with_content(_request: Request, provider: str, consumer: str, sha: str, pactVersion: str) -> str:  # noqa: N803, the path's own word
        with pages.runtime.database.reading() as connection:
            pact = pacts.find_by_sha(connection, provider, consumer, sha)
            return _render(pages, connection, pacts.get_by_sha(connection, provider, consumer, pactVersion), pact)


def _render(pages: Pages, connection: Connection, old: Pact | None, new: Pact) -> str:
    changed: tuple[ChangedInteraction, ...] = ()
    specification = None
    if old is not None:
        before, after = (pacts.contract(connection, each.pact_version_id) for each in (old, new))
        changed = contract_changes.between(*partial_contracts.different(before, after))
        specification = contract_changes.specification(before.document, after.document)
    shown, left = [], MOST_CHANGES
    for each in changed:
        if left > 0:
            shown.append((each, each.changes[:left]))
            left -= max(1, len(each.changes))
    return pages.render(
        "changes.html",
        title=f"Changes: {new.consumer.name} {new.consumer_version.number} → {new.provider.name}",
        old=old,
        new=new,
        changed=shown,
        specification=specification,
        total=sum(max(1, len(each.changes)) for each in changed),
        counts={kind: sum(each.kind == kind for each in changed) for kind in KINDS},
        most_changes=MOST_CHANGES,
        longest_value=LONGEST_VALUE,
    )
