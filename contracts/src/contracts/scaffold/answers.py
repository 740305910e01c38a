"""What a person wants from `contracts init`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contracts.ci.errors import PipelineError
from contracts.ci.projects import DEFAULT_ENVIRONMENT, Role
from contracts.model.ci_services import SERVICES
from contracts.scaffold.repositories import VENDORS, WebApplication


Credentials = Literal["identity", "token"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")
_LOCATION = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\(\))?")


class InitError(PipelineError):
    """An answer cannot be used, or a file cannot be written; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One application to add; *folder* is relative to the root of the repository.

    A provider is either *app*, a Python application, or something that runs at *base_url* once the shell commands
    *start* have been run; *states_url* or *states_command* prepares its provider states. The pipeline has a stored
    token if *credentials* say so, or if they are None and the broker accepts no tokens of the vendor's builds.

    Raises:
        InitError: if an answer is missing, or is not what it should be.
    """

    name: str
    role: Role
    folder: Path = Path()
    providers: tuple[str, ...] = ()
    app: WebApplication | None = None
    base_url: str | None = None
    start: tuple[str, ...] = ()
    states_url: str | None = None
    states_command: str | None = None
    vendor: str | None = None
    credentials: Credentials | None = None
    broker_url: str = "https://broker.example.org"
    """The value of PACT_BROKER_BASE_URL in CI."""
    environment: str = DEFAULT_ENVIRONMENT
    tasks: bool = False
    """Whether it gets tasks, a package and a workflow like the applications beside it (see `workspaces`)."""

    def __post_init__(self) -> None:
        """Check the answers together."""
        for name in (self.name, self.environment, *self.providers):
            if not _NAME.fullmatch(name):
                raise InitError(f"{name!r} cannot be a name. Use letters, digits, '.', '_', '-' and spaces.")
        if self.vendor is not None and self.vendor not in VENDORS:
            raise InitError(f"{self.vendor!r} is not a known CI vendor. Use one of {', '.join(VENDORS)}, or none.")
        if self.credentials == "identity" and self.vendor is not None and not self.identity:
            raise InitError(
                f"The broker accepts no tokens of builds on {self.vendor}, so its pipeline needs a stored token: "
                f"--credentials token. It accepts those of {', '.join(SERVICES)}."
            )
        if self.consumes and not self.providers:
            raise InitError(
                f"The applications that {self.name} calls are missing. Name them: --calls NAME. "
                f"If it calls none, it is a provider: --provider {self.name}"
            )
        if self.provides and self.app is None and self.base_url is None and not self.tasks:
            raise InitError(
                f"{self.name} is a provider. Say what is verified: --app MODULE:NAME for a Python application, "
                "or --base-url URL for anything else."
            )
        if self.states_url and self.states_command:
            raise InitError("--states-url and --states-command exclude each other: use one of them.")
        if self.app is not None and not _LOCATION.fullmatch(self.app.location):
            raise InitError(
                f"{self.app.location!r} is not MODULE:NAME, for example shop.main:app or shop:create_app()."
            )
        if self.folder.is_absolute() or ".." in self.folder.parts:
            raise InitError(f"The folder {self.folder} is outside the repository. Name one inside it.")

    @property
    def consumes(self) -> bool:
        """Whether it publishes pacts."""
        return self.role != "provider"

    @property
    def provides(self) -> bool:
        """Whether it is verified."""
        return self.role != "consumer"

    @property
    def identity(self) -> bool:
        """Whether the pipeline proves by the token of its build which one it is, and stores none."""
        return self.credentials != "token" and self.vendor in SERVICES

    @property
    def slug(self) -> str:
        """The name in lower case, for files and job names."""
        return slug(self.name)


def slug(name: str) -> str:
    """Return *name* in lower case, with '-' between its words."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "application"


def contract_test_name(provider: str) -> str:
    """Return the name of the file of the first contract test with *provider*."""
    words = re.sub(r"\W+", "_", provider.lower()).strip("_")
    return f"test_contract_with_{words}.py"
