"""What a run of fake-ci is given: the repository, the environment variables, and the broker that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from contracts.ci.projects import Project
from contracts.fake_ci.display import Display


LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The repository to play, the environment variables of the caller, and where to print.

    Lines run in the user's tree; if *isolated*, in clones and in a virtual environment. *loses_verification* makes the
    first build that a webhook requests get lost.
    """

    project: Project
    environ: Mapping[str, str]
    display: Display
    command: str = "invoke fake-ci"
    serve_command: str = "invoke broker"
    isolated: bool = False
    loses_verification: bool = False

    @property
    def root(self) -> Path:
        """The root of the repository."""
        return self.project.root

    @property
    def embedded(self) -> bool:
        """Whether to serve the embedded broker, because none is configured."""
        return not self.environ.get("PACT_BROKER_BASE_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The broker of a run: its environment variables, and whether it is the embedded one."""

    environ: Mapping[str, str]
    embedded: bool

    @property
    def base_url(self) -> str:
        """Its address."""
        return self.environ["PACT_BROKER_BASE_URL"]

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, so that it can send webhooks to the stand-in for GitHub."""
        return urlsplit(self.base_url).hostname in LOOPBACK
