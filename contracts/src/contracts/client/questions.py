"""Questions to a broker's matrix: whether versions may be deployed or merged, or work together; free of I/O.

Source: Pact Broker protocol, matrix; the requests of the official `can-i-deploy` and `can-i-merge`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.client.errors import UsageError


ROW_LIMIT = 10_000
"""The rows of an answer: brokers return the last 100 by default, which may hide a missing result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChoice:
    """The versions of one pacticipant that a question is about: by number, latest, tag or branch.

    Raises:
        UsageError: if the criteria contradict each other, or a name is blank.
    """

    pacticipant: str
    version: str | None = None
    latest: bool = False
    tag: str | None = None
    branch: str | None = None
    main_branch: bool = False

    def __post_init__(self) -> None:
        named = {"pacticipant": self.pacticipant, "version": self.version, "tag": self.tag, "branch": self.branch}
        for name, value in named.items():
            if value is not None and not value.strip():
                raise UsageError(f"The {name} is empty. Give its name.")
        if self.version is not None and (self.latest or self.tag or self.branch or self.main_branch):
            raise UsageError(
                f"{self.pacticipant} is given by version and by another criterion. Use one of --version, --latest, "
                "--tag, --branch and --main-branch for each --pacticipant."
            )

    @property
    def is_any(self) -> bool:
        """True if no criterion limits the versions."""
        return not (self.version or self.latest or self.tag or self.branch or self.main_branch)

    def __str__(self) -> str:
        if self.version is not None:
            return f"version {self.version} of {self.pacticipant}"
        where = f" on branch {self.branch}" if self.branch else " on the main branch" if self.main_branch else ""
        tag = f" tagged {self.tag}" if self.tag else ""
        return f"the latest version of {self.pacticipant}{where}{tag}"

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Return the query parameters of this selector."""
        yield "q[][pacticipant]", self.pacticipant
        if self.version is not None:
            yield "q[][version]", self.version
            return
        if not self.is_any:
            yield "q[][latest]", "true"
        if self.tag is not None:
            yield "q[][tag]", self.tag
        if self.branch is not None:
            yield "q[][branch]", self.branch
        if self.main_branch:
            yield "q[][mainBranch]", "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredVersions:
    """A pacticipant, or one of its versions, whose results do not count."""

    pacticipant: str
    version: str | None = None

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Return the query parameters that ignore it."""
        yield "ignore[][pacticipant]", self.pacticipant
        if self.version is not None:
            yield "ignore[][version]", self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whether *versions* may be deployed to *environment*, or next to the versions with *tag*.

    With *main_branches*: whether they may be merged. Without a destination: whether they work together, or one version
    with the latest versions of all others.

    Raises:
        UsageError: if the question names no version, or several destinations.
    """

    versions: tuple[VersionChoice, ...]
    environment: str | None = None
    tag: str | None = None
    main_branches: bool = False
    ignored: tuple[IgnoredVersions, ...] = ()
    limit: int = ROW_LIMIT

    def __post_init__(self) -> None:
        if not self.versions:
            raise UsageError("The question names no application. Use --pacticipant NAME.")
        for each in self.versions:
            if each.is_any:
                raise UsageError(
                    f"No version of {each.pacticipant} is given. Add --version, --branch, --main-branch, --tag or "
                    "--latest after its --pacticipant."
                )
        if sum((self.environment is not None, self.tag is not None, self.main_branches)) > 1:
            raise UsageError("--to-environment and --to exclude each other. Use one of them.")
        if self.environment is not None and not self.environment.strip():
            raise UsageError("The environment is empty. Give its name.")

    @property
    def pacticipants(self) -> frozenset[str]:
        """The pacticipants that the question names."""
        return frozenset(each.pacticipant for each in self.versions)

    def __str__(self) -> str:
        subject = " and ".join(map(str, self.versions))
        if self.environment is not None:
            return f"May {subject} be deployed to {self.environment}?"
        if self.tag is not None:
            return f"May {subject} be deployed next to versions tagged {self.tag}?"
        if self.main_branches:
            return f"May {subject} be merged?"
        if len(self.versions) == 1:
            return f"Is {subject} compatible with the latest versions of all others?"
        return f"Are {subject} compatible?"

    def brief(self, *, allowed: bool) -> str:
        """Return the question as a statement in a few words, such as `web 1f3a can go to production`."""
        subject = " and ".join(
            f"{each.pacticipant} {each.version}" if each.version else str(each) for each in self.versions
        )
        destination = self.environment or self.tag or ("the main branch" if self.main_branches else "")
        if not destination:
            several = len(self.versions) > 1
            verb = ("fit" if several else "fits") if allowed else ("do not fit" if several else "does not fit")
            return f"{subject} {verb}"
        return f"{subject} can go to {destination}" if allowed else f"{subject} to {destination}"

    @property
    def is_plain(self) -> bool:
        """True if the question is about one numbered version and one environment."""
        numbered = len(self.versions) == 1 and self.versions[0].version is not None
        return numbered and self.environment is not None and not self.ignored and self.limit == ROW_LIMIT

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Return the query parameters of the question."""
        for versions in self.versions:
            yield from versions.parameters()
        for ignored in self.ignored:
            yield from ignored.parameters()
        one = len(self.versions) == 1
        yield "latestby", "cvp" if one and self.environment is None else "cvpv"
        if self.environment is not None:
            yield "environment", self.environment
        elif one or self.main_branches:
            yield "latest", "true"
        if self.tag is not None:
            yield "tag", self.tag
        if self.main_branches:
            yield "mainBranch", "true"
        yield "limit", str(self.limit)
