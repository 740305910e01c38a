"""`/can-i-deploy`: whether versions can be deployed, why not, and what to do next.

The first question of the page is the API's. `deployment_questions` describes the others.
Source: Pact Broker protocol, can-i-deploy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import decide, explain
from contracts.broker.actions.decide import Answer
from contracts.broker.api import base_urls
from contracts.broker.store import environments, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui import deployment_questions
from contracts.broker.ui.deployment_questions import Choice, DeploymentQuestion
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages
from contracts.broker.urls import Links
from contracts.model.cause_classes import Cause, CauseClass
from contracts.model.matrix_rows import Row


MOST_ROWS = 50
"""The rows of each kind that the page shows: without a success, and verified."""
UNDER_WAY = frozenset({CauseClass.IN_PROGRESS, CauseClass.LATE, CauseClass.LOST})
STEPS = {"needed": 0, "dispatched": 1, "lost": 1, "started": 2}
"""The steps of a verification job that are done, by its state: requested, and started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The reply to a question: its *answer*, None if it names what does not exist, and the *causes*.

    *rows* are those that the page shows, of *total*; those without a success come first.
    """

    answer: Answer | None
    causes: Sequence[Cause]
    rows: Sequence[Row] = ()
    total: int = 0


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.CAN_I_DEPLOY, scripts=True)
    def show(request: Request) -> str:
        query = request.query_params
        question = deployment_questions.read(query.multi_items())
        return _render(pages, request, question, everything=query.get("rows") == "all")

    @pages.page(urls.CAN_I_DEPLOY_BRANCH, scripts=True)
    def show_branch(request: Request, pacticipant: str, branch: str, environment: str) -> str:
        choice = Choice(pacticipant=pacticipant, branch=branch)
        return _render(pages, request, DeploymentQuestion(choices=(choice,), environment=environment))


def _render(pages: Pages, request: Request, question: DeploymentQuestion, *, everything: bool = False) -> str:
    reply, details = None, {}
    with pages.runtime.database.reading() as connection:
        names = [each.name for each in environments.all(connection)]
        if question.is_complete:
            reply = _reply(pages, connection, request, question, everything=everything)
            shown = (each for row in reply.rows for each in (row.consumer_version, row.provider_version))
            details = versions.details(connection, {each.id for each in shown if each is not None})
    answer = None if reply is None else reply.answer
    return pages.render(
        "deployability.html",
        section="deploy",
        title=_title(question, answer),
        question=question,
        environments=names,
        reply=reply,
        answer=answer,
        notes=_notes(answer),
        steps=STEPS,
        script=LIVE_SCRIPT,
        waiting=reply is not None and any(each.kind in UNDER_WAY for each in reply.causes),
        details=details,
    )


def _reply(
    pages: Pages, connection: Connection, request: Request, question: DeploymentQuestion, *, everything: bool
) -> Reply:
    settings, now = pages.runtime.settings, pages.runtime.now()
    matrix_question = question.matrix_question
    links = Links(base_urls.of(settings.base_url, request))
    try:
        answer = decide.answer(connection, matrix_question, policy=settings.policy)
    except decide.UnknownNames as unknown:
        return Reply(answer=None, causes=explain.explain_unknown(connection, matrix_question, unknown, now))
    open_rows = sorted((row for row in answer.rows if not row.success), key=lambda row: row.success is None)
    verified = [row for row in answer.rows if row.success]
    most = len(answer.rows) if everything else MOST_ROWS
    return Reply(
        answer=answer,
        causes=explain.explain_answer(connection, matrix_question, answer, links, now),
        rows=[*open_rows[:most], *verified[:most]],
        total=len(answer.rows),
    )


def _notes(answer: Answer | None) -> list[str]:
    """The warnings of the verdict, and its reason if it is a yes."""
    if answer is None:
        return []
    warnings = answer.verdict.deployable is not True
    return list(
        dict.fromkeys(
            each.text.removeprefix("WARN: ")
            for each in answer.verdict.notices
            if each.type == "warning" or not warnings
        )
    )


def _title(question: DeploymentQuestion, answer: Answer | None) -> str:
    if answer is None:
        return "Can I deploy?"
    word = {True: "Yes", False: "No", None: "Not yet"}[answer.verdict.deployable]
    subjects = " and ".join(f"{each.pacticipant} {each.selected}" for each in question.choices)
    return f"{word}: {subjects} to {question.target}"
