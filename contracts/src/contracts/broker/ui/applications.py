"""`/pacticipants/{pacticipant}`: an application with its branches, versions, deployments and contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.api import base_urls
from contracts.broker.store import (
    board,
    branches,
    environments,
    labels,
    overview,
    pacticipants,
    standings,
    versions,
    webhooks,
)
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import COPY_SCRIPT, Pages
from contracts.model.attention import arrange
from contracts.model.pacticipants import Pacticipant
from contracts.model.pacts import PacticipantRef


MOST_PAIRS = 50
MOST_VERSIONS = 10
MOST_BRANCHES = 10
MOST_WEBHOOKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A badge: its *path* for the page, the *page* that explains it, and the *markdown* for a README with both."""

    alt: str
    path: str
    page: str
    markdown: str


def add(pages: Pages) -> None:
    """Add the page to *pages*."""
    pages.static(COPY_SCRIPT, "text/javascript")

    @pages.page(urls.PACTICIPANT, scripts=True)
    def show(request: Request, pacticipant: str) -> str:
        with pages.runtime.database.reading() as connection:
            application = pacticipants.find(connection, pacticipant)
            every = standings.of_pacticipant(connection, application.id, pages.runtime.now())
            urgent = [each for _, each in arrange(every, limit=MOST_PAIRS).pairs]
            pairs = overview.rows(connection, urgent)
            recent = branches.search(connection, application.id, limit=MOST_BRANCHES + 1)
            heads = {each.head_version_id for each in recent if each.head_version_id is not None}
            newest = versions.search(connection, versions.of_pacticipant(application.id), MOST_VERSIONS)
            shown_versions = versions.by_ids(connection, heads) | {each.id: each for each in newest}
            own_labels = labels.of_pacticipants(connection, [application.id]).get(application.id, ())
            member = PacticipantRef(id=application.id, name=application.name)
            (row,) = board.rows(connection, [member], policy=pages.runtime.settings.policy)
            return pages.render(
                "application.html",
                title=f"Application: {application.name}",
                application=application,
                labels=own_labels,
                board=row,
                as_provider=[each for each in pairs if each.provider == application.name],
                as_consumer=[each for each in pairs if each.consumer == application.name],
                more_pairs=len(every) > MOST_PAIRS,
                most_pairs=MOST_PAIRS,
                heads=[(each, shown_versions.get(each.head_version_id or 0)) for each in recent[:MOST_BRANCHES]],
                more_branches=len(recent) > MOST_BRANCHES,
                versions=newest,
                details=versions.details(connection, shown_versions.keys()),
                webhooks=webhooks.concerning(connection, application.id, own_labels, MOST_WEBHOOKS + 1),
                most_webhooks=MOST_WEBHOOKS,
                images=list(
                    _images(connection, pages, base_urls.of(pages.runtime.settings.base_url, request), application)
                ),
                script=COPY_SCRIPT,
            )


def _images(connection: Connection, pages: Pages, base: str, application: Pacticipant) -> Iterator[Image]:
    """The badges of an application: can main be deployed to each environment, and can others merge."""
    name, main = application.name, application.main_branch
    if main is None:
        return
    for environment in sorted(environments.all(connection), key=lambda each: each.production):
        question = {"pacticipant": name, "branch": main, "environment": environment.name}
        yield _image(
            pages,
            base,
            f"Can {name} be deployed to {environment.name}?",
            urls.expand(urls.CAN_I_DEPLOY_BRANCH_BADGE, pacticipant=name, branch=main, environment=environment.name),
            f"{urls.CAN_I_DEPLOY}?{urlencode(question)}",
        )
    merge = urls.expand(urls.CAN_I_MERGE_BADGE, pacticipant=name)
    yield _image(pages, base, f"Can {name} be merged?", merge, urls.expand(urls.PACTICIPANT, pacticipant=name))


def _image(pages: Pages, base: str, alt: str, badge: str, page: str) -> Image:
    text = "".join(f"\\{each}" if each in r"\[]`*_<" else each for each in alt)
    return Image(
        alt=alt, path=pages.base + badge, page=pages.base + page, markdown=f"[![{text}]({base}{badge})]({base}{page})"
    )
