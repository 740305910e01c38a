"""Forms with a field for each part of a document: open, correct, save, and what happens if someone else was faster.

The change goes through the API as any other: the API refuses what the person may not do, and what is invalid.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from contracts.broker.store.database import Connection
from contracts.broker.ui import submissions
from contracts.broker.ui.api_requests import REFUSED, Api, answer_document, problems
from contracts.broker.ui.buffers import Buffer
from contracts.broker.ui.conflicts import CHANGED, REVISION, Difference, differences
from contracts.broker.ui.pages import SECURITY_HEADERS, Pages
from contracts.model.errors import NotFound


Stored = TypeVar("Stored")
Fields = TypeVar("Fields")
Row = TypeVar("Row")

SAVE = "save"
"""The value of the button that saves; the others change rows of the form, or only show it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[Fields]):
    """The form as it is shown: its *fields*, and what is wrong with them, by field.

    Saving replaces the document of this *revision*. After someone else has changed it, *changed* says what differs.
    """

    fields: Fields
    errors: Mapping[str, Sequence[str]]
    revision: str = ""
    status: int = 200
    changed: Sequence[Difference] | None = None


def without_row(rows: tuple[Row, ...], button: str) -> tuple[Row, ...]:
    """Return *rows* without the one that the button `remove-NUMBER` removes; with all of them for another button."""
    action, _, number = button.partition("-")
    if action != "remove" or not number.isdecimal():
        return rows
    return tuple(each for place, each in enumerate(rows) if place != int(number))


class DocumentForms(ABC, Generic[Stored, Fields]):
    """The form of a kind of document, over *api*."""

    template: ClassVar[str]
    section: ClassVar[str]
    noun: ClassVar[str]
    labels: ClassVar[Mapping[str, str]]
    """The words for each field, in the order of the form."""
    places: ClassVar[Mapping[str, str]]
    """The field at which an error of the API is shown, by the start of the error's key."""
    after_deletion: ClassVar[str] = "Create makes a new one"
    """What can be done with the fields of a deleted document."""
    default_button: ClassVar[str] = SAVE
    headers: ClassVar[Mapping[str, str]] = SECURITY_HEADERS

    def __init__(self, api: Api, pages: Pages) -> None:
        self.api = api
        self.pages = pages

    @abstractmethod
    def require(self, scope: Scope) -> None:
        """Refuse the request with this *scope* if its sender may not save the form.

        The form that was sent is not refused here but by the API, so that nothing that was typed is lost.
        """

    @abstractmethod
    def find(self, connection: Connection, query: Mapping[str, str]) -> Stored | None:
        """Return the document that the form edits; None if it creates one.

        Raises:
            NotFound: if it does not exist.
        """

    @abstractmethod
    def revision(self, stored: Stored) -> str:
        """Return the revision of the document."""

    @abstractmethod
    def fields(self, stored: Stored | None) -> Fields:
        """Return the fields of the document, or those to begin with."""

    @abstractmethod
    def typed(self, entries: Mapping[str, Sequence[str]], stored: Stored | None) -> Fields:
        """Return the fields with the *entries* of the form."""

    @abstractmethod
    def texts(self, fields: Fields, stored: Stored) -> Mapping[str, str]:
        """Return *fields* as texts for display."""

    @abstractmethod
    async def save(self, request: Request, stored: Stored | None, fields: Fields, revision: str) -> Buffer | None:
        """Send the change to the API, and return its answer; None if the document has another *revision*."""

    @abstractmethod
    def address(self, stored: Stored | None) -> str:
        """Return the URL of the form."""

    @abstractmethod
    def page(self, stored: Stored | None) -> str:
        """Return the URL of the page after the form."""

    def problems(self, fields: Fields) -> Mapping[str, Sequence[str]]:  # noqa: ARG002, for those with such problems
        """Return what the API cannot see, by field."""
        return {}

    def edited(self, fields: Fields, button: str) -> Fields:  # noqa: ARG002, for those with rows
        """Return *fields* after a *button* that adds or removes a row."""
        return fields

    def beginning(self, request: Request, stored: Stored | None) -> Fields:  # noqa: ARG002, for those with a draft
        """Return the fields with which the form opens."""
        return self.fields(stored)

    def by_field(self, errors: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """Return the *errors* of the API by field of the form; those of no field have the empty key."""
        sorted_errors: dict[str, list[str]] = {}
        for key, texts in errors.items():
            start = next((each for each in self.places if key == each or key.startswith(f"{each}.")), "")
            rest = key.removeprefix(start).strip(".")
            sorted_errors.setdefault(self.places.get(start, ""), []).extend(f"{rest} {text}".strip() for text in texts)
        return sorted_errors

    def after(self, stored: Stored | None, answer: Buffer) -> str:  # noqa: ARG002, for documents with a page of their own
        """Return the URL of the page after a change to which the API gave this *answer*."""
        return self.page(stored)

    def values(self, request: Request, stored: Stored | None, shown: Shown[Fields]) -> Mapping[str, Any]:  # noqa: ARG002
        """Return further values for the template."""
        return {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the form, or save it."""
        request = Request(scope, receive)
        if request.method != "POST":
            self.require(scope)
        try:
            response = await self._response(request)
        except NotFound as error:
            response = self.pages.not_found(str(error))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._submitted(request)
        stored = await self._stored(request)
        revision = self.revision(stored) if stored is not None else ""
        return await self._page(
            request, stored, Shown(fields=self.beginning(request, stored), errors={}, revision=revision)
        )

    async def _submitted(self, request: Request) -> Response:
        if (entries := await submissions.entries(request)) is None:
            too_large = Shown(fields=self.fields(None), errors={"": [submissions.TOO_LARGE]}, status=413)
            return await self._page(request, None, too_large)
        try:
            stored = await self._stored(request)
        except NotFound:
            return await self._deleted(request, Shown(fields=self.typed(entries, None), errors={}))
        shown = Shown(fields=self.typed(entries, stored), errors={}, revision=entries.get(REVISION, [""])[0])
        button = entries.get("do", [self.default_button])[0]
        if button != SAVE:
            return await self._page(request, stored, replace(shown, fields=self.edited(shown.fields, button)))
        if not submissions.is_genuine(request, entries):
            return await self._page(request, stored, replace(shown, errors={"": [submissions.FOREIGN]}, status=403))
        if errors := self.problems(shown.fields):
            return await self._page(request, stored, replace(shown, errors=errors, status=400))
        return await self._saved(request, stored, shown)

    async def _saved(self, request: Request, stored: Stored | None, shown: Shown[Fields]) -> Response:
        """Save the form and lead to the page after it, or show it again with each error at its field."""
        answer = await self.save(request, stored, shown.fields, shown.revision)
        if answer is None or answer.status == CHANGED:
            return await self._outdated(request, shown)
        if answer.status >= REFUSED:
            document = answer_document(answer)
            by_key = document.get("errors") if isinstance(document, dict) else None
            errors = self.by_field(by_key) if isinstance(by_key, dict) else {"": problems(answer)}
            shown = replace(shown, errors=errors, status=answer.status)
            if answer.remark:
                return await self._partly_saved(request, shown, answer.remark)
            return await self._page(request, stored, shown)
        return RedirectResponse(self.after(stored, answer), 303)

    async def _partly_saved(self, request: Request, shown: Shown[Fields], remark: str) -> Response:
        """Show the form with what is saved, so that saving it again changes the rest."""
        stored = await self._stored(request)
        errors = {**shown.errors, "": [remark, *shown.errors.get("", ())]}
        revision = self.revision(stored) if stored is not None else ""
        return await self._page(request, stored, replace(shown, errors=errors, revision=revision))

    async def _outdated(self, request: Request, shown: Shown[Fields]) -> Response:
        """Show the form with what someone else has stored since it was opened, which saving it again replaces."""
        try:
            stored = await self._stored(request)
        except NotFound:
            stored = None
        if stored is None:
            return await self._deleted(request, shown)
        changed = differences(self.labels, self.texts(self.fields(stored), stored), self.texts(shown.fields, stored))
        shown = replace(shown, revision=self.revision(stored), changed=changed, status=409)
        return await self._page(request, stored, shown)

    async def _deleted(self, request: Request, shown: Shown[Fields]) -> Response:
        """Show the fields of a document that someone else has deleted: they can create another one."""
        errors = {"": [f"Someone else has deleted this {self.noun}. {self.after_deletion}"]}
        return await self._page(request, None, replace(shown, errors=errors, revision="", status=409))

    async def _stored(self, request: Request) -> Stored | None:
        def read() -> Stored | None:
            with self.pages.runtime.database.reading() as connection:
                return self.find(connection, request.query_params)

        return await run_in_threadpool(read)

    async def _page(self, request: Request, stored: Stored | None, shown: Shown[Fields]) -> Response:
        token = submissions.token(request)
        html = await run_in_threadpool(self._html, request, stored, shown, token)
        headers = {**self.headers, "Cache-Control": "no-store"}  # what was typed may be a secret
        return submissions.with_cookie(HTMLResponse(html, shown.status, headers=headers), request, token)

    def _html(self, request: Request, stored: Stored | None, shown: Shown[Fields], token: str) -> str:
        return self.pages.render(
            self.template,
            section=self.section,
            noun=self.noun,
            labels=self.labels,
            fields=shown.fields,
            errors=shown.errors,
            revision=shown.revision,
            changed=shown.changed,
            stored=stored,
            here=self.address(stored),
            cancel=self.page(stored),
            token=token,
            **self.values(request, stored, shown),
        )
