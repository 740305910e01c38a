"""The fixture `verify_provider`: a test that takes it verifies the provider against its consumers' pacts.

    def test_the_provider_honours_its_pacts(verify_provider):
        verify_provider(app, states={"a product exists": add_product})

It runs once for each interaction, as a test of its own, and once more for the results (see `contracts.testing.items`).

The provider is the application of `[tool.contracts]` whose folder contains the test. The environment says which pacts:

* PACT_URL: that one pact, on the broker that PACT_BROKER_BASE_URL names;
* PACT_BROKER_BASE_URL alone: the pacts which that broker says are relevant;
* neither: the files in PACT_DIR, or in the folders where the declared consumers of this provider write theirs.

With PACT_BROKER_PUBLISH_VERIFICATION_RESULTS=true the last test publishes the results, if this run verified every
interaction. Version, branch and build are those that `contracts.ci.detection` finds.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import pytest

from contracts.ci import exit_statuses, projects
from contracts.ci.detection import detect
from contracts.ci.projects import Declaration, Project, ProjectError
from contracts.ci.report import Reporter
from contracts.client import UsageError
from contracts.model.plain_text import plain
from contracts.testing.collection import GROUPS, Parameter, group_key
from contracts.testing.consumers import TEST_PASSED
from contracts.testing.groups import Group
from contracts.testing.items import Entry, EveryPact, Identity, Item, OneInteraction, explained
from contracts.testing.shared import Shared
from contracts.testing.sources import publishes, source_from
from contracts.verification import sources
from contracts.verification.interactions import Filter, Interaction
from contracts.verification.runs import ProviderUnderTest, unverifiable
from contracts.verification.state_commands import StateCommand
from contracts.verification.verify import Report, VerificationFailed, verify


REPORTS = pytest.StashKey[list[tuple[Report, "Sequence[str]"]]]()
SHARED = pytest.StashKey[Shared]()
_DECLARE = """\
The fixture `verify_provider` needs to know which provider this is. Declare it in pyproject.toml:

  [tool.contracts.applications.{name}]
  role = "provider"
  folder = "{folder}\""""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The parameters of `verify` that leave something out, or allow something."""

    only_consumers: Collection[str] = ()
    only_description: str | None = None
    only_state: str | None = None
    allowed_plugins: Collection[str] = ()

    def includes(self, entry: Entry) -> bool:
        """Whether *entry* is verified."""
        narrowed = Filter(description=self.only_description, state=self.only_state)
        of_consumer = not self.only_consumers or entry.planned.consumer in self.only_consumers
        return of_consumer and (entry.part is None or narrowed.matches(entry.part))

    @property
    def narrowed(self) -> bool:
        """Whether part of a pact may be left out, so that its result would be wrong."""
        return self.only_description is not None or self.only_state is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderVerification:
    """Verifies *provider* of *project* when it is called; *environ* says against which pacts.

    It verifies what *item* says, and notes the outcome in *group*. It fails with the *problem* of collection, if any.
    """

    project: Project
    provider: Declaration
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    reports: list[tuple[Report, Sequence[str]]]
    item: Item = field(default_factory=EveryPact)
    group: Group | None = None
    problem: str | None = None
    shared: Shared = field(default_factory=Shared)
    calls: list[None] = field(default_factory=list)

    def __call__(self, app: Any = None, **options: Any) -> Report:
        """Verify *app*, an ASGI or WSGI application, or what runs at the option *base_url*.

        *options* are those of `contracts.verification.verify.verify`: states, after_each, … The report has the
        interaction of this test, or every one in the last test. Fails the test, with every reason and without a
        traceback, if a pact is not honoured or something expected goes wrong. A pending interaction that fails is an
        expected failure.
        """
        self.calls.append(None)
        if self.problem is not None:
            pytest.fail(self.problem, pytrace=False)
        with _failing_without_traceback():
            if "states" not in options and self.provider.states_command is not None:
                options["states"] = StateCommand.parse(self.provider.states_command, self.project.root)
            if self.group is None:
                return self._every_pact(app, options)
            choice = Choice(**{each.name: options.pop(each.name) for each in fields(Choice) if each.name in options})
            for name in ("allow_no_pacts", "parallel"):  # there are pacts, and each test has one interaction
                options.pop(name, None)
            under_test = ProviderUnderTest(provider=self.provider.name, app=app, **options)
            under_test.require_sense()
            if choice.narrowed and self.group.collected.publish:
                raise UsageError("A test that leaves interactions out cannot publish. Verify everything.")
            if isinstance(self.item, OneInteraction):
                return self._one(self.group, self.item.identity, under_test, choice)
            return self._results(self.group, under_test, choice)

    def _every_pact(self, app: Any, options: Mapping[str, Any]) -> Report:
        build = detect(self.environ, self.project.root)
        try:
            report = verify(
                provider=self.provider.name,
                app=app,
                source=source_from(self.environ, self.project, self.provider),
                version=build.version,
                branch=build.branch,
                build_url=build.build_url,
                publish=publishes(self.environ),
                **options,
            )
        except VerificationFailed as failure:
            self.reports.append((failure.report, failure.reasons))
            raise
        self.reports.append((report, ()))
        return report

    def _one(self, group: Group, identity: Identity, under_test: ProviderUnderTest, choice: Choice) -> Report:
        entry = group.collected.current()[1].get(identity)
        if entry is None:
            pytest.skip("The contract tests of this run removed this interaction from the pact.")
        if not choice.includes(entry):
            group.excluded.add(identity)
            pytest.skip("The options of verify_provider leave this interaction out.")
        group.start(choice.only_consumers)
        interaction = self._verified(entry, under_test, choice)
        group.add(identity, interaction)
        if not interaction.success:
            text = explained(interaction, entry.part)
            pytest.xfail(f"pending: {text}") if interaction.pending else pytest.fail(text, pytrace=False)
        return group.report_of([interaction])

    def _verified(self, entry: Entry, under_test: ProviderUnderTest, choice: Choice) -> Interaction:
        planned = sources.restricted(entry.planned, choice.allowed_plugins)
        if planned.problem is not None or entry.part is None:
            return unverifiable(planned, str(planned.problem))
        with under_test.running([self.shared.verifier()], self.shared.url(under_test)) as running:
            interaction, _ = running.lanes[0].verify(planned, entry.part)
        return interaction

    def _results(self, group: Group, under_test: ProviderUnderTest, choice: Choice) -> Report:
        missing = [entry for entry in group.missing() if choice.includes(entry)]
        if missing:
            published = "Nothing was published: " if group.collected.publish else ""
            names = "".join(f"\n  {entry.name}" for entry in missing)
            pytest.fail(
                f"{published}{len(missing)} of {len(group.collected.entries)} interactions were not verified in this "
                f"process. Run all tests of {self.provider.name} together; pytest-xdist runs them in one process with "
                f"--dist load, worksteal, loadfile or loadgroup.{names}",
                pytrace=False,
            )
        failed = []
        for identity, entry in group.new().items():
            if choice.includes(entry):
                interaction = self._verified(entry, under_test, choice)
                group.add(identity, interaction)
                if not interaction.success and not interaction.pending:
                    failed.append(explained(interaction, entry.part))
        self.shared.end_server()
        if not group.outcomes:
            why = (
                "the pacts have no interactions any more, or the options of verify_provider leave out every interaction"
            )
            pytest.fail(f"Nothing was verified: {why}.", pytrace=False)
        group.ended = group.end()
        report, reasons = group.ended
        if failed or reasons:
            pytest.fail(plain("\n".join((*failed, *reasons))), pytrace=False)
        return report


@contextlib.contextmanager
def _failing_without_traceback() -> Iterator[None]:
    try:
        yield
    except VerificationFailed as failure:
        raise pytest.fail.Exception(plain(str(failure)), pytrace=False) from None
    except exit_statuses.EXPECTED as error:
        raise pytest.fail.Exception(plain("\n".join(exit_statuses.reasons(error))), pytrace=False) from None


def verification_of(request: pytest.FixtureRequest) -> ProviderVerification:
    """Return the verification of the provider whose folder contains the test of *request*.

    Raises:
        ProjectError: if none is declared.
    """
    project = projects.find(request.path.parent)
    provider = project.owner(request.path) if project else None
    if project is None or provider is None or not provider.provides:
        folder = request.path.parent.parent.name
        raise ProjectError(_DECLARE.format(name=folder, folder=folder))
    stash = request.config.stash
    parameter: Parameter = getattr(request, "param", None) or Parameter()
    group = stash[GROUPS][group_key(request.node)] if parameter.collected is not None else None
    if group is not None and isinstance(parameter.item, OneInteraction):
        group.outcomes.pop(parameter.item.identity, None)  # a plugin may run a failed test again
    return ProviderVerification(
        project=project,
        provider=provider,
        reports=stash.setdefault(REPORTS, []),
        item=parameter.item,
        group=group,
        problem=parameter.problem,
        shared=stash.setdefault(SHARED, Shared()),
    )


def require_call(verification: ProviderVerification, item: pytest.Item) -> None:
    """Fail a passed test that never verified anything."""
    if not verification.calls and item.stash.get(TEST_PASSED, False):
        pytest.fail("Nothing was verified: the test did not call verify_provider.", pytrace=False)


def finish(config: pytest.Config) -> list[str]:
    """End the verifier; return why results were not published, for people."""
    if SHARED in config.stash:
        config.stash[SHARED].close()
    groups = [each for each in config.stash.get(GROUPS, {}).values() if each.outcomes and each.ended is None]
    return [note for group in groups if group.publishing is not None for note in group.notes()]


def report(config: pytest.Config, terminal: pytest.TerminalReporter) -> None:
    """Print what was verified, at the end of the run, where people look."""
    groups = config.stash.get(GROUPS, {}).values()
    reports = [each for group in groups if (each := group.report()) is not None]
    for verified, reasons in (*config.stash.get(REPORTS, ()), *reports):
        terminal.section("verification")
        Reporter.from_environment(os.environ).verification(verified, reasons)
