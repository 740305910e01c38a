"""HTML pages for people, at the same paths as the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.broker.runtime import Runtime
from contracts.broker.ui import (
    administration,
    applications,
    audit,
    board,
    changes,
    deployability,
    hal_browser,
    jobs,
    matrix,
    matrix_search,
    network,
    overview,
    pacts,
    relations,
    results,
    secrets,
    tokens,
    version_lists,
    versions,
    webhook_drafts,
    webhooks,
)
from contracts.broker.ui.pages import Pages


if TYPE_CHECKING:
    from contracts.broker.api.sessions import Sessions


def all_pages(runtime: Runtime, sessions: Sessions | None = None) -> Pages:
    """Return every page of *runtime*, also those for signing in if there are *sessions*."""
    pages = Pages(runtime)
    for each in (
        overview,
        audit,
        board,
        applications,
        versions,
        version_lists,
        pacts,
        changes,
        matrix,
        matrix_search,
        results,
        deployability,
        network,
        jobs,
        webhooks,
        webhook_drafts,
        hal_browser,
        administration,
        relations,
        tokens,
        secrets,
    ):
        each.add(pages)
    if sessions is not None:
        from contracts.broker.ui import sign_in  # noqa: PLC0415, loads libraries that most brokers do not need

        sign_in.add(pages, sessions)
    return pages
