"""Why a verification result is missing.

The first rule that applies decides: the pact cannot be verified, its verification is the reader's own task, no provider
version counts, other versions have results, or nothing is known but whether a webhook requested the verification.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from contracts.model import next_commands
from contracts.model.cause_facts import MAX_LISTED, Cause, CauseClass, Facts, iso, pact_of, version_of
from contracts.model.matrix_documents import Response, ResponseRow


LATE_AFTER = timedelta(minutes=30)
REQUESTS = frozenset({"contract_requiring_verification_published", "contract_content_changed", "contract_published"})
"""The events of a pact whose webhooks can start a verification."""


def causes_of_missing_results(facts: Facts, response: Response) -> Iterator[Cause]:
    """Return the causes of missing results: of rows without one, and of provider versions without a row."""
    pacts: dict[tuple[str, str | None, str], list[ResponseRow]] = {}
    for row in response.rows:
        if not row.ignored:
            pacts.setdefault(pact_of(row), []).append(row)
    for rows in pacts.values():
        for row, number in _without_result(facts, rows):
            yield _MissingResult(facts=facts, row=row, number=number).cause()


def _without_result(facts: Facts, rows: Sequence[ResponseRow]) -> Iterator[tuple[ResponseRow, str | None]]:
    """The *rows* of one pact without a result, with the provider version whose result is missing, if it is known."""
    missing = [row for row in rows if row.success is None]
    provider = rows[0].provider.name
    if provider == facts.pacticipant:
        yield from ((row, facts.version) for row in missing)
    elif in_environment := facts.in_environment.get(provider):
        verified = {row.provider.number for row in rows if row.success is not None}
        yield from ((rows[0], each.number) for each in in_environment if each.number not in verified)
    else:
        yield from ((row, row.provider.number) for row in missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _MissingResult:
    """The missing result of provider version *number* for the pact of *row*."""

    facts: Facts
    row: ResponseRow
    number: str | None

    def cause(self) -> Cause:
        return self._impossible() or self._of_other_versions() or self._of_request()

    def _impossible(self) -> Cause | None:
        """The cause if no verification by another team can provide the result."""
        row, environment = self.row, self.facts.environment
        if row.pact_url in self.facts.empty_pacts:
            command = next_commands.publish(row.consumer.name, row.consumer.number or "")
            remark = "The pact has no interactions, so no provider verifies it."
            return self._cause(CauseClass.EMPTY_PACT, remark, command)
        if row.provider.name == self.facts.pacticipant:
            return self._cause(CauseClass.OWN_RESULT_MISSING, "Verify this version and publish the results.")
        if self.facts.in_environment.get(row.provider.name) == ():
            remark = f"None of its versions is deployed or released to {environment}. Deploy one first."
            command = next_commands.record_deployment(row.provider.name, environment)
            return self._cause(CauseClass.NOTHING_DEPLOYED, remark, command)
        return None

    def _of_other_versions(self) -> Cause | None:
        """The cause if other versions have results for the pact, or may have some that the broker does not list."""
        same_pact = self.facts.same_pact(self.row)
        if self.facts.limit is not None and len(same_pact) >= self.facts.limit:
            remark = f"The broker lists only the newest {self.facts.limit} results of this pact."
            return self._cause(CauseClass.LIMIT, remark, self.facts.ask_again())
        others = [each for each in same_pact if each.success is not None and each.provider.number != self.number]
        if not others:
            return None
        results = [f"{each.provider.number}: {'success' if each.success else 'failure'}" for each in others]
        if branches := self._other_branches(others):
            remark = f"Only versions on other branches have one: {', '.join(branches)}."
            return self._cause(
                CauseClass.VERIFIED_ON_OTHER_BRANCH, remark, results=results[:MAX_LISTED], branches=branches
            )
        remark = "Only other versions have one."
        return self._cause(CauseClass.VERIFIED_BY_OTHER_VERSION, remark, results=results[:MAX_LISTED])

    def _other_branches(self, others: Sequence[ResponseRow]) -> list[str]:
        """The branches of *others*, if the version without a result is on none of them."""
        in_environment = self.facts.in_environment.get(self.row.provider.name, ())
        own = {branch for each in in_environment if each.number == self.number for branch in each.branches}
        branches = {branch for each in others for branch in each.provider.branches}
        return sorted(branches)[:MAX_LISTED] if own and not own & branches else []

    def _of_request(self) -> Cause:
        """The cause by the webhooks of the pact."""
        triggers = self.facts.triggers.get(self.row.pact_url or "")
        if triggers is None:
            remark = "The broker does not say whether a webhook requested it."
            return self._cause(CauseClass.RESULT_MISSING, remark)
        requests = [each for each in triggers if each.event in REQUESTS]
        if not requests:
            return self._cause(CauseClass.NOT_REQUESTED, "No webhook of this pact requested its verification.")
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
            command=command or next_commands.verify(self.row, self.number, "--publish"),
        )
