"""`/can-i-deploy`: whether a version can be deployed to an environment, and why not.

The query is the API's (`pacticipant`, `version`, `environment`, or the tag `to`), and also `branch` for its head.
Source: Pact Broker protocol, can-i-deploy.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.actions import decide
from contracts.broker.actions.decide import Answer
from contracts.broker.store import environments, versions
from contracts.broker.store.database import Connection
from contracts.broker.ui.pages import Pages
from contracts.model.criteria import Numbered, OnBranch
from contracts.model.errors import NotFound
from contracts.model.matrix import Selector, VersionFilter
from contracts.model.metadata import Metadata, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentQuestion:
    """The fields of the form; a *branch* stands for its head, and *tag* is that of the versions to work with."""

    pacticipant: str = ""
    version: str = ""
    branch: str = ""
    environment: str = ""
    tag: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the question can be answered."""
        return bool(self.pacticipant and (self.version or self.branch) and (self.environment or self.tag))

    @property
    def selected(self) -> str:
        """The version in words: its number, or the head of its branch."""
        return self.version or f"the head of {self.branch}"

    @property
    def target(self) -> str:
        """The environment, or the versions with the tag."""
        return self.environment or f"the latest versions with the tag {self.tag}"

    def answer(self, connection: Connection, *, strict: bool) -> Answer:
        """Return the verdict.

        Raises:
            NotFound: if the application or the environment does not exist.
        """
        version_filter = (
            VersionFilter(criteria=(Numbered(number=self.version),))
            if self.version
            else VersionFilter(criteria=(OnBranch(branch=self.branch),), latest=True)
        )
        selector = Selector(pacticipant=self.pacticipant, version_filter=version_filter)
        scope = decide.to_environment(self.environment) if self.environment else decide.to_tag(self.tag)
        try:
            return decide.can_i_deploy(connection, selector, scope, strict=strict)
        except decide.UnknownNames as unknown:
            raise NotFound(". ".join(unknown.errors)) from None

    @property
    def command(self) -> str:
        """The command that explains the verdict; empty if it cannot ask this question."""
        if not (self.version and self.environment):
            return ""
        return (
            f"contracts why --pacticipant {shlex.quote(self.pacticipant)} --version {shlex.quote(self.version)} "
            f"--to-environment {shlex.quote(self.environment)}"
        )


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.CAN_I_DEPLOY)
    def show(request: Request) -> str:
        return _render(pages, _question(request.query_params))

    @pages.page(urls.CAN_I_DEPLOY_BRANCH)
    def show_branch(_request: Request, pacticipant: str, branch: str, environment: str) -> str:
        return _render(pages, DeploymentQuestion(pacticipant=pacticipant, branch=branch, environment=environment))


def _question(query: QueryParams) -> DeploymentQuestion:
    def text(name: str) -> str:
        return query.get(name, "").strip()

    return DeploymentQuestion(
        pacticipant=text("pacticipant"),
        version=text("version"),
        branch="" if text("version") else text("branch"),
        environment=text("environment"),
        tag="" if text("environment") else text("to"),
    )


def _render(pages: Pages, question: DeploymentQuestion) -> str:
    answer, problem, details = None, "", {}
    with pages.runtime.database.reading() as connection:
        names = [each.name for each in environments.all(connection)]
        if question.is_complete:
            strict = pages.runtime.settings.require_results_of_every_provider_version
            try:
                answer = question.answer(connection, strict=strict)
            except NotFound as error:
                problem = str(error)
            else:
                shown = (each for row in answer.rows for each in (row.consumer_version, row.provider_version))
                details = versions.details(connection, {each.id for each in shown if each is not None})
    return pages.render(
        "deployability.html",
        section="deploy",
        title=_title(question, answer),
        question=question,
        environments=names,
        answer=answer,
        rows=sorted(answer.rows, key=lambda row: (row.success is True, row.success is None)) if answer else (),
        reasons=list(dict.fromkeys((each.type, each.text.removeprefix("WARN: ")) for each in answer.verdict.notices))
        if answer
        else (),
        problem=problem,
        details=details,
        metadata=lambda row: encode(Metadata(consumer_version_number=row.consumer_version.number)),
    )


def _title(question: DeploymentQuestion, answer: Answer | None) -> str:
    if answer is None:
        return "Can I deploy?"
    word = {True: "Yes", False: "No", None: "Not yet"}[answer.verdict.deployable]
    return f"{word}: {question.pacticipant} {question.selected} to {question.target}"
