"""`/ui/deployment/form`: the form that records a deployment or a release of a version, which the query names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api import permissions
from contracts.broker.store import environments, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.document_forms import DocumentForms, Shown
from contracts.model.errors import NotFound
from contracts.model.permissions import publish
from contracts.model.versions import VersionRef


DEPLOYED = "deployed"
RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of the form: the uuid of the environment, how the version gets there, and the instance."""

    environment: str = ""
    how: str = DEPLOYED
    instance: str = ""


class DeploymentForms(DocumentForms[VersionRef, Fields]):
    """The form of a deployment; what it is filled from is the version."""

    template = "deployment_form.html"
    section = "environments"
    noun = "version"
    after_deletion = "It cannot be deployed"
    labels: ClassVar[Mapping[str, str]] = {
        "environment": "Environment",
        "how": "Deployed or released",
        "instance": "Instance",
    }
    places: ClassVar[Mapping[str, str]] = {"applicationInstance": "instance", "target": "instance"}

    def require(self, scope: Scope) -> None:
        """Only who may publish as the application records where it runs; the API checks the environment."""
        permissions.require_permission(scope, publish(Request(scope).query_params.get("application", "")))

    def find(self, connection: Connection, query: Mapping[str, str]) -> VersionRef | None:
        """Return the version that the query names."""
        application = query.get("application", "")
        version = versions.find_of(connection, application, query.get("version", ""))
        return VersionRef(id=version.id, pacticipant=application, number=version.number)

    def revision(self, stored: VersionRef) -> str:  # noqa: ARG002, a deployment replaces no document
        """Return no revision."""
        return ""

    def fields(self, stored: VersionRef | None) -> Fields:  # noqa: ARG002, all begin with these
        """Return the fields to begin with."""
        return Fields()

    def typed(self, entries: Mapping[str, Sequence[str]], stored: VersionRef | None) -> Fields:  # noqa: ARG002
        """Return the fields with the entries of the form."""
        texts = {name: entries.get(name, [""])[0].strip() for name in self.labels}
        return replace(Fields(**texts), how=RELEASED if texts["how"] == RELEASED else DEPLOYED)

    def texts(self, fields: Fields, stored: VersionRef) -> Mapping[str, str]:  # noqa: ARG002
        """Return the fields as texts for display."""
        return {name: getattr(fields, name) for name in self.labels}

    def problems(self, fields: Fields) -> Mapping[str, Sequence[str]]:
        """Return what is missing, or does not fit."""
        if not fields.environment:
            return {"environment": ["choose one"]}
        if fields.how == RELEASED and fields.instance:
            return {"instance": ["a release has none; leave it empty"]}
        return {}

    async def save(self, request: Request, stored: VersionRef | None, fields: Fields, revision: str) -> Buffer | None:  # noqa: ARG002
        """Record the deployment or the release."""
        if stored is None:
            raise NotFound("This version does not exist")
        template = urls.VERSION_RELEASES if fields.how == RELEASED else urls.VERSION_DEPLOYMENTS
        path = urls.expand(
            template, pacticipant=stored.pacticipant, version=stored.number, environment=fields.environment
        )
        body = {"applicationInstance": fields.instance} if fields.instance else {}
        return await self.api.send(request, "POST", path, json.dumps(body))

    def address(self, stored: VersionRef | None) -> str:
        """Return the URL of the form."""
        query = ""
        if stored is not None:
            query = f"?application={urls.encode(stored.pacticipant)}&version={urls.encode(stored.number)}"
        return self.pages.url(urls.DEPLOYMENT_FORM) + query

    def page(self, stored: VersionRef | None) -> str:
        """Return the URL of the version."""
        if stored is None:
            return self.pages.url(urls.INDEX)
        return self.pages.url(urls.VERSION, pacticipant=stored.pacticipant, version=stored.number)

    def values(self, request: Request, stored: VersionRef | None, shown: Shown[Fields]) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the title, and the environments to choose from."""
        with self.pages.runtime.database.reading() as connection:
            every = environments.all(connection)
        title = f"Record a deployment of {stored.pacticipant} {stored.number}" if stored is not None else "Deployment"
        return {"title": title, "environments": every}
