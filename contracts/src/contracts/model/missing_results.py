"""Why a verification result is missing.

The first rule that applies decides: the pact cannot be verified, a job requests its verification, the verification is
the reader's own task, no provider version counts, other versions have results, the verification was requested for other
versions, or nothing is known but whether a webhook requested it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from contracts.model import cause_classes, job_causes, next_commands
from contracts.model.cause_classes import Cause, CauseClass, Mention
from contracts.model.cause_facts import MAX_LISTED, Facts, Subject, by_pact, iso, pact_of, version_of
from contracts.model.job_causes import Finding
from contracts.model.matrix_documents import JobFacts, Response, ResponseRow


LATE_AFTER = timedelta(minutes=30)
REQUESTS = frozenset({"contract_requiring_verification_published", "contract_content_changed", "contract_published"})
"""The events of a pact whose webhooks can start a verification."""


def causes_of_missing_results(facts: Facts, response: Response) -> Iterator[Cause]:
    """Return the causes of missing results: of rows without one, and of provider versions without a row."""
    for rows in by_pact(row for row in response.rows if not row.ignored).values():
        for row, number in _without_result(facts, rows):
            yield _MissingResult(facts=facts, row=row, number=number).cause()


def _without_result(facts: Facts, rows: Sequence[ResponseRow]) -> Iterator[tuple[ResponseRow, str | None]]:
    """The *rows* of one pact without a result, with the provider version whose result is missing, if it is known."""
    missing = [row for row in rows if row.success is None]
    provider = rows[0].provider.name
    if subject := facts.subject(provider):
        yield from ((row, subject.version or row.provider.number) for row in missing)
    elif in_target := [each for each in facts.in_target.get(provider, ()) if each.number is not None]:
        verified = {row.provider.number for row in rows if row.success is not None}
        rows_of = {row.provider.number: row for row in missing}
        numbers = (each.number for each in in_target if each.number not in verified)
        yield from ((rows_of.get(number, missing[0] if missing else rows[0]), number) for number in numbers)
    else:
        yield from ((row, row.provider.number) for row in missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MissingResult:
    """The missing result of provider version *number* for the pact of *row*."""

    facts: Facts
    row: ResponseRow
    number: str | None

    def cause(self) -> Cause:
        if self.row.unattested and self.number == self.row.provider.number:
            return self._not_attested()
        finding = self._finding()
        if finding is not None and finding.kind is not CauseClass.NOT_REQUESTED:
            return self._of_empty_pact() or self._of_finding(finding)
        return (
            self._of_empty_pact()
            or self._impossible()
            or self._of_other_versions()
            or self._of_other_requests()
            or self._of_webhook()
            or (self._not_requested() if finding is None else self._of_finding(finding))
        )

    def _not_attested(self) -> Cause:
        name = self.row.provider.name
        place = self.facts.target.environment or "the environment"
        return Cause(
            kind=CauseClass.NOT_ATTESTED,
            text=f"Version {self.number} of {name} has a result for the pact of {version_of(self.row.consumer)}, "
            f"but no trusted build of {name} published it, which {place} requires. "
            f"Publish it from the pipeline of {name}.",
            evidence={"pact": self.row.pact_url or "", "result": self.row.result_url or ""},
            command=next_commands.verify(self.row, self.number, "--publish"),
        )

    def _of_empty_pact(self) -> Cause | None:
        row = self.row
        if row.pact_url not in self.facts.empty_pacts:
            return None
        command = next_commands.publish(row.consumer.name, row.consumer.number or "")
        remark = "The pact has no interactions, so no provider verifies it."
        return self._cause(CauseClass.EMPTY_PACT, remark, command)

    def _impossible(self) -> Cause | None:
        """The cause if no verification by another team can provide the result."""
        row, target = self.row, self.facts.target
        if self._subject is not None:
            return self._cause(CauseClass.OWN_RESULT_MISSING, "Verify this version and publish the results.")
        if self.facts.in_target.get(row.provider.name) == ():
            if target.environment is None:
                kind = CauseClass.NOTHING_ON_MAIN if target.main_branches else CauseClass.NOTHING_DEPLOYED
                return self._cause(kind, target.absence)
            command = next_commands.record_deployment(row.provider.name, target.environment)
            return self._cause(CauseClass.NOTHING_DEPLOYED, target.absence, command)
        return None

    @property
    def _subject(self) -> Subject | None:
        return self.facts.subject(self.row.provider.name)

    @property
    def _jobs(self) -> Sequence[JobFacts]:
        """The jobs of the pact, of any provider version."""
        return self.facts.jobs.get(pact_of(self.row), ())

    def _finding(self) -> Finding | None:
        """What the job of this version says."""
        of_row = [] if self.row.job is None else [self.row.job]
        jobs = [each for each in (*of_row, *self._jobs) if each.provider.number == self.number]
        return job_causes.finding_of(jobs[0], self.facts.now) if jobs else None

    def _of_finding(self, finding: Finding) -> Cause:
        command = self.facts.ask_again("--wait-seconds", "600") if finding.waits else finding.command
        return self._cause(finding.kind, finding.remark, command, **finding.evidence)

    def _of_other_requests(self) -> Cause | None:
        """The cause if the verification was requested, but for other provider versions."""
        if not (others := job_causes.requested_of_others(self._jobs, self.number)):
            return None
        remark = f"It was requested only for other versions: {', '.join(others)}."
        mentions = cause_classes.versions(self.row.provider.name, others)
        cause = self._cause(CauseClass.REQUESTED_FOR_OTHER_VERSION, remark, requested_for=others)
        return _mentioning(cause, mentions)

    def _of_other_versions(self) -> Cause | None:
        """The cause if other versions have results for the pact, or may have some that the broker does not list."""
        same_pact = self.facts.rows_of_pacts.get(pact_of(self.row), ())
        if self.facts.limit is not None and len(same_pact) >= self.facts.limit:
            remark = f"The broker lists only the newest {self.facts.limit} results of this pact."
            return self._cause(CauseClass.LIMIT, remark, self.facts.ask_again())
        others = [each for each in same_pact if each.success is not None and each.provider.number != self.number]
        if not others:
            return None
        results = [f"{each.provider.number}: {'success' if each.success else 'failure'}" for each in others]
        if branches := self._other_branches(others):
            remark = f"Only versions on other branches have one: {', '.join(branches)}."
            kind = CauseClass.VERIFIED_ON_OTHER_BRANCH
        else:
            remark = "Only other versions have one."
            kind = CauseClass.VERIFIED_BY_OTHER_VERSION
        name = self.row.provider.name
        mentions = cause_classes.branches(name, branches) | {
            text: Mention(pacticipant=name, version=each.provider.number or "", url=each.result_url or "")
            for text, each in zip(results, others, strict=True)
        }
        return _mentioning(self._cause(kind, remark, results=results[:MAX_LISTED], branches=branches), mentions)

    def _other_branches(self, others: Sequence[ResponseRow]) -> list[str]:
        """The branches of *others*, if the version without a result is on none of them."""
        in_target = self.facts.in_target.get(self.row.provider.name, ())
        own = {branch for each in in_target if each.number == self.number for branch in each.branches}
        branches = {branch for each in others for branch in each.provider.branches}
        return sorted(branches)[:MAX_LISTED] if own and not own & branches else []

    def _not_requested(self) -> Cause:
        if self.row.pact_url not in self.facts.triggers:
            remark = "The broker does not say whether a webhook requested it."
            return self._cause(CauseClass.RESULT_MISSING, remark)
        return self._cause(CauseClass.NOT_REQUESTED, "No webhook of this pact requested its verification.")

    def _of_webhook(self) -> Cause | None:
        """The cause by the webhook that requested the verification when the pact was published."""
        triggers = self.facts.triggers.get(self.row.pact_url or "", ())
        requests = [each for each in triggers if each.event in REQUESTS]
        if not requests:
            return None
        last = max(requests, key=lambda each: each.triggered_at.timestamp() if each.triggered_at else 0)
        evidence = {"event": last.event, "status": last.status, "triggered_at": iso(last.triggered_at)}
        evidence["logs"] = last.logs_url or ""
        if last.status == "failure":
            command = next_commands.show_logs(self.row.consumer.name, self.row.provider.name)
            remark = "The webhook that requests its verification failed."
            return self._cause(CauseClass.REQUEST_FAILED, remark, command, **evidence)
        if last.triggered_at is not None and self.facts.now - last.triggered_at > LATE_AFTER:
            minutes = int((self.facts.now - last.triggered_at).total_seconds() // 60)
            remark = f"A webhook requested it {minutes} minutes ago; that build may be lost."
            return self._cause(CauseClass.LATE, remark, **evidence)
        command = self.facts.ask_again("--wait-seconds", "600")
        remark = "A webhook requested it; the provider may be verifying it now."
        return self._cause(CauseClass.IN_PROGRESS, remark, command, **evidence)

    def _cause(self, kind: CauseClass, remark: str, command: str | None = None, **more: str | list[str]) -> Cause:
        """The cause with its *remark*; without a *command*, the next one is to verify the pact."""
        name = self.row.provider.name
        provider = f"Version {self.number} of {name}" if self.number else name
        evidence = {"pact": self.row.pact_url or "", "provider_version": self.number or "", **more}
        return Cause(
            kind=kind,
            text=f"{provider} has no result for the pact of {version_of(self.row.consumer)}. {remark}",
            evidence={key: value for key, value in evidence.items() if value},
            mentions=cause_classes.versions(name, [self.number] if self.number else []),
            command=command or next_commands.verify(self.row, self.number, "--publish"),
        )


def _mentioning(cause: Cause, mentions: Mapping[str, Mention]) -> Cause:
    return replace(cause, mentions={**cause.mentions, **mentions})
