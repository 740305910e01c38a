"""`/pacticipants/{pacticipant}`: an application with its branches, versions, deployments and contracts."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import branches, labels, overview, pacticipants, versions
from contracts.broker.ui.pages import Pages
from contracts.model.attention import arrange


MOST_PAIRS = 100
MOST_VERSIONS = 10
MOST_BRANCHES = 10


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.PACTICIPANT)
    def show(_request: Request, pacticipant: str) -> str:
        with pages.runtime.database.reading() as connection:
            application = pacticipants.find(connection, pacticipant)
            standings = overview.standings_of(connection, application.id, pages.runtime.now())
            urgent = [each for _, each in arrange(standings, limit=MOST_PAIRS).pairs]
            pairs = overview.rows(connection, urgent)
            recent = branches.search(connection, application.id, limit=MOST_BRANCHES + 1)
            heads = {each.head_version_id for each in recent if each.head_version_id is not None}
            newest = versions.search(connection, versions.of_pacticipant(application.id), MOST_VERSIONS)
            shown_versions = versions.by_ids(connection, heads) | {each.id: each for each in newest}
            return pages.render(
                "application.html",
                title=f"Application: {application.name}",
                application=application,
                labels=labels.of_pacticipants(connection, [application.id]).get(application.id, ()),
                present=overview.present(connection, application.id),
                as_provider=[each for each in pairs if each.provider == application.name],
                as_consumer=[each for each in pairs if each.consumer == application.name],
                more_pairs=len(standings) > MOST_PAIRS,
                most_pairs=MOST_PAIRS,
                heads=[(each, shown_versions.get(each.head_version_id or 0)) for each in recent[:MOST_BRANCHES]],
                more_branches=len(recent) > MOST_BRANCHES,
                versions=newest,
                details=versions.details(connection, shown_versions.keys()),
            )
