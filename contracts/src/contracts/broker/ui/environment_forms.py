"""`/ui/environment/form`: the form that creates or edits an environment.

The details of a contact are any JSON object: a line of the form has a name and a value, as in `chat: #shop`.
A value that is not a text is shown as JSON, and stays as it is unless someone changes its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api import permissions
from contracts.broker.store import environments
from contracts.broker.store.database import Connection
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.document_forms import DocumentForms, Shown, without_row
from contracts.model.environments import Contact as StoredContact
from contracts.model.environments import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A row of the form; its *details* have one name and value on a line."""

    name: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of the form, as a person types them."""

    name: str = ""
    display_name: str = ""
    production: bool = False
    contacts: tuple[Contact, ...] = ()

    @property
    def rows(self) -> tuple[Contact, ...]:
        """The contacts, and an empty row for another one."""
        return (*(each for each in self.contacts if each.name or each.details), Contact())

    def document(self, stored: Environment | None) -> dict[str, Any]:
        """Return the body of the request to the API; what the form does not change stays as it is *stored*."""
        contacts = [self._contact(each, _stored_values(stored)) for each in self.rows[:-1]]
        without = {} if not contacts and (stored is None or stored.contacts is None) else {"contacts": contacts}
        return {
            "name": self.name,
            "displayName": self.display_name or None,
            "production": self.production,
            **without,
        }

    def _contact(self, contact: Contact, stored_values: Mapping[str, Any]) -> dict[str, Any]:
        details: dict[str, Any] = {}
        for line in filter(None, map(str.strip, contact.details.splitlines())):
            name, _, value = line.partition(":")
            details |= (
                {stored_values[line][0]: stored_values[line][1]}
                if line in stored_values
                else {name.strip(): value.strip()}
            )
        return {"name": contact.name} | ({"details": details} if details else {})


class EnvironmentForms(DocumentForms[Environment, Fields]):
    """The form of an environment."""

    template = "environment_form.html"
    section = "environments"
    noun = "environment"
    labels: ClassVar[Mapping[str, str]] = {
        "name": "Name",
        "display_name": "Display name",
        "production": "Production",
        "contacts": "Contacts",
    }
    places: ClassVar[Mapping[str, str]] = {
        "name": "name",
        "displayName": "display_name",
        "production": "production",
        "contacts": "contacts",
    }

    def require(self, scope: Scope) -> None:
        """Only who may do everything changes environments."""
        permissions.require_admin(scope)

    def find(self, connection: Connection, query: Mapping[str, str]) -> Environment | None:
        """Return the environment whose uuid the query has."""
        uuid = query.get("environment", "")
        return environments.find(connection, uuid) if uuid else None

    def revision(self, stored: Environment) -> str:
        """Return the revision of the environment."""
        return stored.revision

    def fields(self, stored: Environment | None) -> Fields:
        """Return the fields of the environment."""
        if stored is None:
            return Fields()
        contacts = [Contact(name=each.name, details="\n".join(_lines(each))) for each in stored.contacts or ()]
        return Fields(
            name=stored.name,
            display_name=stored.display_name,
            production=stored.production,
            contacts=tuple(contacts),
        )

    def typed(self, entries: Mapping[str, Sequence[str]], stored: Environment | None) -> Fields:  # noqa: ARG002
        """Return the fields with the entries of the form."""
        rows = zip(entries.get("contact_name", ()), entries.get("contact_details", ()), strict=False)
        return Fields(
            name=entries.get("name", [""])[0].strip(),
            display_name=entries.get("display_name", [""])[0].strip(),
            production="production" in entries,
            contacts=tuple(
                Contact(name=name.strip(), details=details.replace("\r\n", "\n").strip()) for name, details in rows
            ),
        )

    def texts(self, fields: Fields, stored: Environment) -> Mapping[str, str]:  # noqa: ARG002
        """Return the fields as texts for display."""
        return {
            "name": fields.name,
            "display_name": fields.display_name,
            "production": "yes" if fields.production else "no",
            "contacts": "\n".join(f"{each.name}\n{_indented(each.details)}".strip() for each in fields.rows[:-1]),
        }

    def problems(self, fields: Fields) -> Mapping[str, Sequence[str]]:
        """Return what is wrong with the details of contacts."""
        lines = [line for each in fields.rows for line in each.details.splitlines() if line.strip()]
        texts = [f"“{line}” has no name and colon, as in email: shop@example.org" for line in lines if not _named(line)]
        texts += [f"“{each.details}” has no contact" for each in fields.rows if each.details and not each.name]
        return {"contacts": texts} if texts else {}

    def edited(self, fields: Fields, button: str) -> Fields:
        """Return the fields without the row that a button removes; the form always ends with an empty row."""
        return replace(fields, contacts=without_row(fields.contacts, button))

    async def save(self, request: Request, stored: Environment | None, fields: Fields, revision: str) -> Buffer:
        """Create or replace the environment."""
        method, path = ("POST", urls.ENVIRONMENTS)
        if stored is not None:
            method, path = ("PUT", urls.expand(urls.ENVIRONMENT, environment=stored.uuid))
        return await self.api.send(request, method, path, json.dumps(fields.document(stored)), revision=revision)

    def address(self, stored: Environment | None) -> str:
        """Return the URL of the form."""
        query = f"?environment={urls.encode(stored.uuid)}" if stored is not None else ""
        return self.pages.url(urls.ENVIRONMENT_FORM) + query

    def page(self, stored: Environment | None) -> str:  # noqa: ARG002, all are on one page
        """Return the URL of all environments."""
        return self.pages.url(urls.ENVIRONMENTS)

    def values(self, request: Request, stored: Environment | None, shown: Shown[Fields]) -> Mapping[str, Any]:  # noqa: ARG002
        """Return the title, and whether the environment requires attested results, which a file says."""
        attested = self.pages.runtime.settings.policy.attested_environments
        return {
            "title": f"Edit the environment {stored.name}" if stored is not None else "New environment",
            "is_attested": stored is not None and stored.name in attested,
        }


def _named(line: str) -> bool:
    name, colon, _ = line.partition(":")
    return bool(colon and name.strip())


def _lines(contact: StoredContact) -> Iterable[str]:
    return [f"{name}: {_shown(value)}" for name, value in (contact.details or {}).items()]


def _shown(value: object) -> str:
    is_line = isinstance(value, str) and value.strip() == value and "\n" not in value
    return str(value) if is_line else json.dumps(value, ensure_ascii=False)


def _stored_values(stored: Environment | None) -> dict[str, tuple[str, Any]]:
    """Return each name and value of the stored details, by the line that shows them."""
    details = [each.details or {} for each in (stored.contacts or () if stored is not None else ())]
    return {f"{name}: {_shown(value)}".strip(): (name, value) for each in details for name, value in each.items()}


def _indented(details: str) -> str:
    return "\n".join(f"  {each}" for each in details.splitlines())
