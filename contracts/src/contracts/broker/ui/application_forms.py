"""`/ui/application/form`: the form that edits an application: display name, main branch, repository and labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api import permissions
from contracts.broker.store import branches, labels, pacticipants
from contracts.broker.store.database import Connection
from contracts.broker.ui.api_requests import REFUSED
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.document_forms import DocumentForms, Shown
from contracts.model import names
from contracts.model.errors import NotFound
from contracts.model.pacticipants import Pacticipant
from contracts.model.permissions import publish
from contracts.model.revisions import revision_of


_MOST_BRANCHES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application with its labels."""

    pacticipant: Pacticipant
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of the form, as a person types them; *labels* has one on a line."""

    display_name: str = ""
    main_branch: str = ""
    repository_url: str = ""
    labels: str = ""

    def document(self) -> dict[str, str | None]:
        """Return the body of the request to the API, which merges it with the fields that the form does not have."""
        return {
            "displayName": self.display_name or None,
            "mainBranch": self.main_branch or None,
            "repositoryUrl": self.repository_url or None,
        }

    def label_names(self) -> list[str]:
        """Return the labels, each once."""
        return list(dict.fromkeys(filter(None, map(str.strip, self.labels.splitlines()))))


class ApplicationForms(DocumentForms[Application, Fields]):
    """The form of an application, whose name is in the query."""

    template = "application_form.html"
    section = "contracts"
    noun = "application"
    after_deletion = "It exists again when it publishes"
    labels: ClassVar[Mapping[str, str]] = {
        "display_name": "Display name",
        "main_branch": "Main branch",
        "repository_url": "URL of the repository",
        "labels": "Labels",
    }
    places: ClassVar[Mapping[str, str]] = {
        "displayName": "display_name",
        "mainBranch": "main_branch",
        "repositoryUrl": "repository_url",
    }

    def require(self, scope: Scope) -> None:
        """Only who may publish as the application changes it."""
        permissions.require_permission(scope, publish(_name(Request(scope).query_params)))

    def find(self, connection: Connection, query: Mapping[str, str]) -> Application | None:
        """Return the application that the query names."""
        pacticipant = pacticipants.find(connection, _name(query))
        return Application(
            pacticipant=pacticipant,
            labels=tuple(labels.of_pacticipants(connection, [pacticipant.id]).get(pacticipant.id, ())),
        )

    def revision(self, stored: Application) -> str:
        """Return the revision of the application, and that of its labels."""
        return f"{stored.pacticipant.revision}.{revision_of(sorted(stored.labels))}"

    def fields(self, stored: Application | None) -> Fields:
        """Return the fields of the application."""
        if stored is None:
            return Fields()
        return Fields(
            display_name=stored.pacticipant.display_name,
            main_branch=stored.pacticipant.main_branch or "",
            repository_url=stored.pacticipant.repository_url or "",
            labels="\n".join(stored.labels),
        )

    def typed(self, entries: Mapping[str, Sequence[str]], stored: Application | None) -> Fields:  # noqa: ARG002
        """Return the fields with the entries of the form."""
        texts = {name: entries.get(name, [""])[0].replace("\r\n", "\n").strip() for name in self.labels}
        return Fields(**texts)

    def texts(self, fields: Fields, stored: Application) -> Mapping[str, str]:  # noqa: ARG002
        """Return the fields as texts for display."""
        return {name: getattr(fields, name) for name in self.labels} | {
            "labels": "\n".join(sorted(fields.label_names()))
        }

    def problems(self, fields: Fields) -> Mapping[str, Sequence[str]]:
        """Return what is wrong with the labels, before anything is saved."""
        wrong = ((each, names.problem(each)) for each in fields.label_names())
        texts = [f"“{name}” {problem}" for name, problem in wrong if problem is not None]
        return {"labels": texts} if texts else {}

    async def save(self, request: Request, stored: Application | None, fields: Fields, revision: str) -> Buffer | None:
        """Merge the details, then add and remove labels."""
        if stored is None:
            raise NotFound("This application does not exist")
        details, _, label_revision = revision.partition(".")
        if label_revision and label_revision != revision_of(sorted(stored.labels)):
            return None
        path = urls.expand(urls.PACTICIPANT, pacticipant=stored.pacticipant.name)
        answer = await self.api.send(request, "PATCH", path, json.dumps(fields.document()), revision=details)
        if answer.status >= REFUSED:
            return answer
        for method, label in _changes(stored.labels, fields.label_names()):
            path = urls.expand(urls.PACTICIPANT_LABEL, pacticipant=stored.pacticipant.name, label=label)
            answer = await self.api.send(request, method, path, "")
            if answer.status >= REFUSED:
                answer.remark = f"The details are saved, but not every label: “{label}” was refused"
                return answer
        return answer

    def address(self, stored: Application | None) -> str:
        """Return the URL of the form."""
        query = f"?application={urls.encode(stored.pacticipant.name)}" if stored is not None else ""
        return self.pages.url(urls.APPLICATION_FORM) + query

    def page(self, stored: Application | None) -> str:
        """Return the URL of the application, or of all after its deletion."""
        if stored is None:
            return self.pages.url(urls.INDEX)
        return self.pages.url(urls.PACTICIPANT, pacticipant=stored.pacticipant.name)

    def values(self, request: Request, stored: Application | None, shown: Shown[Fields]) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the title, and the branches to choose the main one from."""
        if stored is None:
            return {"title": "Edit an application", "branches": []}
        with self.pages.runtime.database.reading() as connection:
            recent = branches.search(connection, stored.pacticipant.id, limit=_MOST_BRANCHES)
        name = stored.pacticipant.name
        return {"title": f"Edit the application {name}", "branches": [each.name for each in recent]}


def _name(query: Mapping[str, str]) -> str:
    return query.get("application", "")


def _changes(stored: Iterable[str], typed: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Return the method for each label to add or to remove."""
    yield from (("PUT", each) for each in typed if each not in set(stored))
    yield from (("DELETE", each) for each in stored if each not in typed)
