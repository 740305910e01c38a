"""`/pacticipants/{pacticipant}/versions/{version}`: a version, where it runs, its contracts, results and jobs."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import board, environments, job_lists, pact_lists, pacticipants, verifications, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.jobs import shown_job
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages
from contracts.model.pacts import Pact
from contracts.model.verifications import Verification


MOST_RESULTS = 50
MOST_JOBS = 20


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.VERSION, scripts=True)
    def show(_request: Request, pacticipant: str, version: str) -> str:
        with pages.runtime.database.reading() as connection:
            application = pacticipants.find(connection, pacticipant)
            shown = versions.find(connection, application.id, version)
            running = board.running(connection, [application.id]).get(application.id, {})
            results = verifications.newest_of_provider_version(connection, shown.id, MOST_RESULTS + 1)
            open_jobs = job_lists.search(
                connection, pacticipant=application.name, version=shown.number, limit=MOST_JOBS, offset=0
            )
            return pages.render(
                "version.html",
                title=f"Version: {application.name} {shown.number}",
                application=application,
                version=shown,
                details=versions.details(connection, [shown.id])[shown.id],
                places={
                    environment: [each for each in there if each.version_id == shown.id]
                    for environment, there in running.items()
                },
                environments=sorted(environments.all(connection), key=lambda each: each.production),
                published=_published(connection, shown.id),
                results=results[:MOST_RESULTS],
                more_results=len(results) > MOST_RESULTS,
                jobs=[shown_job(each, pages.runtime.now()) for each in open_jobs],
                in_progress=any(each.result_expected for each in open_jobs),
                script=LIVE_SCRIPT,
            )


def _published(connection: Connection, version_id: int) -> Sequence[tuple[Pact, Verification | None]]:
    """The contracts of a version, each with its latest result of any provider version."""
    pacts = pact_lists.of_version(connection, version_id)
    results = verifications.latest_for_contents(connection, {each.pact_version_id for each in pacts})
    return [(each, results.get(each.pact_version_id)) for each in pacts]
