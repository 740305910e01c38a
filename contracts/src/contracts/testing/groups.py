"""The pacts of a provider as they were collected, and how the tests for their interactions went."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.ci.builds import Build
from contracts.ci.detection import detect
from contracts.ci.projects import Declaration, Project
from contracts.testing.items import Entry, Identity, entries
from contracts.testing.sources import publishes, source_from
from contracts.verification import evidence
from contracts.verification.evidence import Publishing, Verified
from contracts.verification.interactions import Interaction
from contracts.verification.reports import Ending, Report
from contracts.verification.sources import Bundle, Files, PactPlan, Source, plan


@dataclass(slots=True, kw_only=True)
class Collected:
    """The pacts that *provider* had to verify when tests were collected; *entries* are their interactions."""

    provider: Declaration
    source: Source
    build: Build
    publish: bool
    plan: PactPlan
    entries: Mapping[Identity, Entry]
    _current: tuple[PactPlan, Mapping[Identity, Entry]] | None = None

    def current(self) -> tuple[PactPlan, Mapping[Identity, Entry]]:
        """Return the pacts when the first test runs: contract tests of the same run may have written new files.

        Raises:
            UsageError: if a file cannot be found.
        """
        if self._current is None:
            self._current = self.plan, self.entries
            if isinstance(self.source, Files):
                pacts = _plan(self.source, self.provider, self.build)
                self._current = pacts, entries(pacts)
        return self._current


def collect(
    project: Project, provider: Declaration, environ: Mapping[str, str] = os.environ, pacts: PactPlan | None = None
) -> Collected:
    """Read the pacts that *provider* has to verify, unless *pacts* are those.

    Raises:
        ClientError, PipelineError: if that is not possible.
    """
    publish = publishes(environ)
    build = detect(environ, project.root)
    source = source_from(environ, project, provider)
    if pacts is None or isinstance(source, Files | Bundle):
        pacts = _plan(source, provider, build)
    else:
        pacts = replace(pacts, broker=source.broker)
    return Collected(provider=provider, source=source, build=build, publish=publish, plan=pacts, entries=entries(pacts))


def _plan(source: Source, provider: Declaration, build: Build) -> PactPlan:
    return plan(source, provider=provider.name, branch=build.branch, allowed_plugins=None)


@dataclass(slots=True, kw_only=True)
class Group:
    """The tests of one test function: the interactions that this run *selected*, and the *outcomes*."""

    collected: Collected
    selected: set[Identity] = field(default_factory=set)
    outcomes: dict[Identity, Interaction] = field(default_factory=dict)
    excluded: set[Identity] = field(default_factory=set)
    """The interactions that the test function leaves out, for example those of other consumers."""
    ended: tuple[Report, Sequence[str]] | None = None
    """The report of the last test, and the reasons why it failed."""
    _started: bool = False

    @property
    def publishing(self) -> Publishing | None:
        """Where the results go; None if they are not published."""
        broker, build = self.collected.plan.broker, self.collected.build
        if not self.collected.publish or broker is None:
            return None
        return Publishing(
            broker=broker,
            provider=self.collected.provider.name,
            version=build.version,
            branch=build.branch,
            build_url=build.build_url,
        )

    def start(self, only_consumers: Collection[str] = ()) -> None:
        """Report to the broker, once, that this build verifies its pacts; not if only part of them is selected."""
        if self._started or not self.selected >= self.collected.entries.keys():
            return
        self._started = True
        if (publishing := self.publishing) is not None:
            pacts = [each.pact for each in self.collected.plan.pacts if each.pact is not None]
            of_consumers = [each for each in pacts if not only_consumers or each.consumer in only_consumers]
            evidence.report_start(publishing, of_consumers)

    def add(self, identity: Identity, interaction: Interaction) -> None:
        """Note an outcome; of two for the same interaction, such as with two applications, the one that failed."""
        earlier = self.outcomes.get(identity)
        if earlier is None or earlier.success:
            self.outcomes[identity] = interaction

    def missing(self) -> list[Entry]:
        """Return the interactions that were known at collection, exist, and were not verified in this process."""
        _, current = self.collected.current()
        expected = self.collected.entries.keys() - self.outcomes.keys() - self.excluded
        return [entry for identity, entry in current.items() if identity in expected]

    def new(self) -> dict[Identity, Entry]:
        """Return the interactions that contract tests of this run added."""
        _, current = self.collected.current()
        return {identity: entry for identity, entry in current.items() if identity not in self.collected.entries}

    def end(self) -> tuple[Report, tuple[str, ...]]:
        """Publish the results, if that is requested; return the report, and why a result is not in the broker."""
        build, publishing = self.collected.build, self.publishing
        ending = Ending(
            provider=self.collected.provider.name,
            version=build.version,
            branch=build.branch,
            notes=self.collected.plan.notes,
        )
        verified = self._verified()
        pacts = [each.planned.pact for each in verified if each.planned.pact is not None]
        before = evidence.earlier_results(publishing, pacts) if publishing is not None else frozenset[str]()
        return ending.publish(verified, publishing, before)

    def _verified(self) -> list[Verified]:
        """Return the outcomes by pact; a pact that the test function leaves out has none."""
        pacts, current = self.collected.current()
        outcomes: dict[int, list[Interaction]] = {id(each): [] for each in pacts.pacts}
        left_out: set[int] = set()
        for identity, entry in current.items():
            if identity in self.outcomes:
                outcomes[id(entry.planned)].append(self.outcomes[identity])
            elif identity in self.excluded:
                left_out.add(id(entry.planned))
        return [
            Verified(planned=each, interactions=tuple(outcomes[id(each)]))
            for each in pacts.pacts
            if outcomes[id(each)] or id(each) not in left_out
        ]

    def report(self) -> tuple[Report, Sequence[str]] | None:
        """Return the report, and the reasons why the run failed; None if nothing was verified."""
        interactions = tuple(self.outcomes.values())
        reasons = [each.failure for each in interactions if not each.success and not each.pending]
        if self.ended is not None:
            report, missing = self.ended
            return report, (*reasons, *missing)
        if not interactions:
            return None
        return self.report_of(interactions), reasons

    def report_of(self, interactions: Sequence[Interaction]) -> Report:
        """Return the report of a test that verified *interactions*, and published nothing."""
        return Report(
            provider=self.collected.provider.name,
            version=self.collected.build.version,
            branch=self.collected.build.branch,
            interactions=tuple(interactions),
            published=False,
            notes=self.notes(),
        )

    def notes(self) -> tuple[str, ...]:
        """Return the notes on the pacts, and that nothing is published if that was requested."""
        notes = self.collected.plan.notes
        if self.publishing is None or self.ended is not None:
            return notes
        count = f"{len(self.outcomes)} of {len(self.collected.entries)} interactions"
        return (*notes, f"Nothing was published: this run verified {count}. Run all of them to publish the results.")
