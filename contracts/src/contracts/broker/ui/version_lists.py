"""The versions of an application: all, those of a branch, with a tag, or ever in an environment; the newest first."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.store import branches, environments, pacticipants, versions
from contracts.broker.store.versions import Which
from contracts.broker.ui.pages import Pages, page_number
from contracts.model.errors import NotFound


PAGE_SIZE = 30


def add(pages: Pages) -> None:
    """Add the pages to *pages*."""

    @pages.page(urls.VERSIONS)
    def show_all(request: Request, pacticipant: str) -> str:
        with pages.runtime.database.reading() as connection:
            owner = pacticipants.find(connection, pacticipant)
        return _page(pages, request, pacticipant, versions.of_pacticipant(owner.id))

    @pages.page(urls.BRANCH_VERSIONS)
    def show_branch(request: Request, pacticipant: str, branch: str) -> str:
        with pages.runtime.database.reading() as connection:
            owner = pacticipants.find(connection, pacticipant)
            branch_id = branches.find(connection, owner.id, branch).id
        return _page(pages, request, pacticipant, versions.on_branch(branch_id), f"on the branch {branch}", branch)

    @pages.page(urls.TAG_VERSIONS)
    def show_tagged(request: Request, pacticipant: str, tag: str) -> str:
        with pages.runtime.database.reading() as connection:
            owner = pacticipants.find(connection, pacticipant)
            if versions.latest_with_tag(connection, owner.id, tag) is None:
                raise NotFound(f"No version of '{pacticipant}' has the tag '{tag}'")
        return _page(pages, request, pacticipant, versions.with_tag(owner.id, tag), f"with the tag {tag}")

    @pages.page(urls.ENVIRONMENT_VERSIONS)
    def show_deployed(request: Request, pacticipant: str, environment: str) -> str:
        with pages.runtime.database.reading() as connection:
            owner = pacticipants.find(connection, pacticipant)
            place = environments.find(connection, environment)
        which = versions.of_environment(owner.id, place.id)
        return _page(pages, request, pacticipant, which, f"that were in {place.name}")


def _page(pages: Pages, request: Request, pacticipant: str, which: Which, part: str = "", branch: str = "") -> str:
    number = page_number(request.query_params)
    with pages.runtime.database.reading() as connection:
        listed = versions.search(connection, which, PAGE_SIZE, (number - 1) * PAGE_SIZE)
        total = versions.count(connection, which)
        details = versions.details(connection, [each.id for each in listed])
    return pages.render(
        "versions.html",
        title=f"Versions of {pacticipant} {part}".strip(),
        pacticipant=pacticipant,
        part=part,
        branch=branch,
        versions=listed,
        details=details,
        total=total,
        here=pages.base + request.scope["raw_path"].decode(),
        page=number,
        last_page=max(1, -(-total // PAGE_SIZE)),
    )
