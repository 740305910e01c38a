"""The question of the page `/can-i-deploy`, which its URL holds.

    ?pacticipant=web&version=1.4&environment=production
    ?pacticipant=web&branch=main&pacticipant=api&version=2.0&environment=production
    ?pacticipant=web&version=1.4&environment=production&replace=api&replace_version=2.0

`version` and `branch` belong to the `pacticipant` before them, `replace_version` to the `replace` before it. The API's
own query is the first form, or has a tag as `to` instead of the environment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from contracts.broker.actions import decide
from contracts.model import next_commands
from contracts.model.criteria import Numbered, OnBranch
from contracts.model.matrix import MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An application of the question, with a version or the branch whose head is meant."""

    pacticipant: str
    version: str = ""
    branch: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether it selects a version."""
        return bool(self.pacticipant and (self.version or self.branch))

    @property
    def selected(self) -> str:
        """The version in words: its number, or the head of its branch."""
        return self.version or f"the head of {self.branch}"

    @property
    def selector(self) -> Selector:
        """The selector for the matrix."""
        if self.version:
            return Selector(
                pacticipant=self.pacticipant, version_filter=VersionFilter(criteria=(Numbered(number=self.version),))
            )
        head = VersionFilter(criteria=(OnBranch(branch=self.branch),), latest=True)
        return Selector(pacticipant=self.pacticipant, version_filter=head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A *version* of *pacticipant* that takes the place of what is in the environment, to see what would be."""

    pacticipant: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentQuestion:
    """The fields of the form; *tag* is that of the versions to work with if there is no *environment*."""

    choices: tuple[Choice, ...] = ()
    environment: str = ""
    tag: str = ""
    replacements: tuple[Replacement, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the question can be answered."""
        complete = all(each.is_complete for each in self.choices)
        return bool(self.choices and complete and (self.environment or self.tag))

    @property
    def target(self) -> str:
        """The environment, or the versions with the tag."""
        return self.environment or f"the latest versions with the tag {self.tag}"

    @property
    def matrix_question(self) -> MatrixQuestion:
        """The question to the matrix; the same as that of the API if there is one application."""
        scope = decide.to_environment(self.environment) if self.environment else decide.to_tag(self.tag)
        coarse = len(self.choices) == 1 and not self.environment
        return MatrixQuestion(
            selectors=tuple(each.selector for each in self.choices),
            others=replace(scope, replaced=tuple((each.pacticipant, each.version) for each in self.replacements)),
            latest_by=(
                LatestBy.CONSUMER_VERSION_AND_PROVIDER if coarse else LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION
            ),
        )

    @property
    def query(self) -> str:
        """The query of its URL."""
        pairs: list[tuple[str, str]] = []
        for each in self.choices:
            pairs += [("pacticipant", each.pacticipant)]
            pairs += [("version", each.version)] if each.version else [("branch", each.branch)]
        pairs += [("environment", self.environment)] if self.environment else [("to", self.tag)]
        for replacement in self.replacements:
            pairs += [("replace", replacement.pacticipant), ("replace_version", replacement.version)]
        return urlencode(pairs)

    @property
    def command(self) -> str:
        """The command that asks the same question; empty for a what-if, which no command asks."""
        if self.replacements:
            return ""
        options: list[str] = []
        for each in self.choices:
            selection = ("--version", each.version) if each.version else ("--branch", each.branch)
            options += ["--pacticipant", each.pacticipant, *selection]
        return next_commands.ask_again(
            *options, *(("--to-environment", self.environment) if self.environment else ("--to", self.tag))
        )


def read(pairs: Iterable[tuple[str, str]]) -> DeploymentQuestion:
    """Read the *pairs* of a query; empty fields count as absent.

    >>> read([("pacticipant", "web"), ("branch", "main"), ("environment", "live"), ("replace", "api")]).choices
    (Choice(pacticipant='web', version='', branch='main'),)
    """
    choices: list[Choice] = []
    replacements: list[Replacement] = []
    environment = tag = ""
    for name, value in ((name, value.strip()) for name, value in pairs):
        match name:
            case "pacticipant":
                choices.append(Choice(pacticipant=value))
            case "version" if value:
                choices[-1:] = [replace((choices or [Choice(pacticipant="")])[-1], version=value, branch="")]
            case "branch" if value and not (choices and choices[-1].version):
                choices[-1:] = [replace((choices or [Choice(pacticipant="")])[-1], branch=value)]
            case "environment":
                environment = value
            case "to":
                tag = value
            case "replace":
                replacements.append(Replacement(pacticipant=value))
            case "replace_version" if replacements:
                replacements[-1:] = [replace(replacements[-1], version=value)]
            case _:
                pass
    return DeploymentQuestion(
        choices=tuple(each for each in choices if each.pacticipant or each.version or each.branch),
        environment=environment,
        tag="" if environment else tag,
        replacements=tuple(each for each in replacements if each.pacticipant and each.version),
    )
