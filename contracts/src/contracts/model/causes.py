"""The causes of a verdict: why a version cannot be deployed, with the evidence and the next command to run.

`explain` turns `Facts`, which any broker can provide, into causes. The classes of causes are stable identifiers;
docs/causes.md has a section for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from contracts.model import cause_classes, next_commands
from contracts.model.cause_classes import Cause, CauseClass, Mention
from contracts.model.cause_facts import MAX_LISTED, Facts, Subject, ago, iso, pact_of, version_of
from contracts.model.matrix_documents import FailedInteraction, Response, ResponseRow
from contracts.model.missing_results import causes_of_missing_results
from contracts.model.names import look_alike


_SHORTEST_HASH = 7  # of git, unless it is configured otherwise


def explain(facts: Facts) -> list[Cause]:
    """Return the causes of the verdict; empty if it is a yes that needs no remark.

    Names and versions that do not exist are the only causes. Otherwise each row without a success has one, each
    provider version in the target that has no row, and then the rest.
    """
    if causes := [*_unknown_environment(facts), *_unknown_subjects(facts)]:
        return causes
    if facts.response is None:
        return [_unexplained(facts, "the broker refuses the question")]
    causes = [*_failures(facts, facts.response), *causes_of_missing_results(facts, facts.response)]
    if facts.response.deployable is not True and not causes:
        causes.append(_unexplained(facts, facts.response.reason))
    causes += _ignored(facts, facts.response)
    if facts.response.deployable is True and not facts.response.rows:
        causes.append(_nothing_published(facts))
    return causes


def _unknown_environment(facts: Facts) -> Iterator[Cause]:
    name = facts.target.environment
    if name is not None and facts.environments is not None and name not in facts.environments:
        close = _closest(name, facts.environments)
        yield Cause(
            kind=CauseClass.UNKNOWN_ENVIRONMENT,
            text=f"The environment {name} does not exist." + _did_you_mean(close),
            evidence={"environments": list(facts.environments[:MAX_LISTED])},
            command=facts.ask_again(environment=close) if close else next_commands.create_environment(name),
        )


def _unknown_subjects(facts: Facts) -> Iterator[Cause]:
    for subject in facts.subjects:
        absent = facts.applications is not None and subject.pacticipant not in facts.applications
        if (absent or subject.exists is False) and subject.other_owners:
            yield _other_name(facts, subject, subject.other_owners[0])
        elif absent:
            yield _unknown_application(facts, subject, facts.applications or ())
        elif subject.branch is not None and subject.branches is not None and subject.branch not in subject.branches:
            yield _unknown_branch(facts, subject, subject.branch, subject.branches)
        elif subject.exists is False:
            yield _unknown_version(facts, subject)


def _unknown_application(facts: Facts, subject: Subject, applications: Sequence[str]) -> Cause:
    close = _closest(subject.pacticipant, applications)
    corrected = replace(subject, pacticipant=close) if close else subject
    publish = next_commands.publish(subject.pacticipant, subject.version or "")
    return Cause(
        kind=CauseClass.UNKNOWN_APPLICATION,
        text=f"The application {subject.pacticipant} does not exist." + _did_you_mean(close),
        evidence={"applications": list(applications[:MAX_LISTED])},
        command=facts.ask_again(replaced={subject: corrected}) if close else publish,
    )


def _unknown_branch(facts: Facts, subject: Subject, branch: str, branches: Sequence[str]) -> Cause:
    close = _closest(branch, branches)
    corrected = replace(subject, options=("--branch", close or "main"))
    return Cause(
        kind=CauseClass.UNKNOWN_BRANCH,
        text=f"{subject.pacticipant} has no branch {branch}." + _did_you_mean(close),
        evidence={"branches": list(branches[:MAX_LISTED])},
        mentions=cause_classes.branches(subject.pacticipant, branches[:MAX_LISTED]),
        command=facts.ask_again(replaced={subject: corrected}),
    )


def _unknown_version(facts: Facts, subject: Subject) -> Cause:
    newest = subject.other_numbers[:MAX_LISTED]
    mentions = cause_classes.versions(subject.pacticipant, newest)
    if subject.version is None:
        return Cause(
            kind=CauseClass.NEVER_PUBLISHED,
            text=f"{subject.pacticipant} has no version that the question selects.",
            evidence={"newest_versions": list(newest)},
            mentions=mentions,
            command=facts.ask_again(),
        )
    if number := _same_commit(subject.version, subject.other_numbers):
        return Cause(
            kind=CauseClass.OTHER_VERSION,
            text=f"Version {subject.version} of {subject.pacticipant} does not exist, but version {number} does.",
            evidence={"version": number},
            mentions=cause_classes.versions(subject.pacticipant, [number]),
            command=facts.ask_again(replaced={subject: replace(subject, version=number)}),
        )
    return Cause(
        kind=CauseClass.NEVER_PUBLISHED,
        text=f"Version {subject.version} of {subject.pacticipant} was never published.",
        evidence={"newest_versions": list(newest)},
        mentions=mentions,
        command=next_commands.publish(subject.pacticipant, subject.version),
    )


def _other_name(facts: Facts, subject: Subject, name: str) -> Cause:
    return Cause(
        kind=CauseClass.OTHER_NAME,
        text=f"{subject.pacticipant} has no version {subject.version}, but {name} has one.",
        evidence={"applications": list(subject.other_owners[:MAX_LISTED])},
        command=facts.ask_again(replaced={subject: replace(subject, pacticipant=name)}),
    )


def _failures(facts: Facts, response: Response) -> Iterator[Cause]:
    for row in response.rows:
        if row.success is False and not row.ignored:
            yield _failure(facts, row)


def _failure(facts: Facts, row: ResponseRow) -> Cause:
    same_pact = facts.rows_of_pacts.get(pact_of(row), ())
    pending = bool(same_pact) and not any(each.success for each in same_pact)
    details = facts.results.get(row.result_url or "")
    first = _first_failure(row, same_pact)
    text = f"Version {row.provider.number} of {row.provider.name} breaks the pact of {version_of(row.consumer)}"
    text += f"; it first failed {ago(first.verified_at, facts.now)}." if first and first.verified_at else "."
    evidence: dict[str, str | list[str]] = {"result": row.result_url or ""}
    mentions = {}
    if first is not None:
        evidence["failed_since"] = iso(first.verified_at)
        evidence["first_failed_by"] = by = _with_branches(first)
        mentions[by] = Mention(
            pacticipant=row.provider.name, version=first.provider.number or "", url=first.result_url or ""
        )
    if details is not None:
        evidence["build"] = details.build_url or ""
        evidence["interactions"] = interactions = [_interaction(each) for each in details.failed[:MAX_LISTED]]
        mentions |= dict.fromkeys(interactions, Mention(url=row.result_url or ""))
    remark = " No version has ever kept it, so it is pending: the provider's build may pass all the same."
    return Cause(
        kind=CauseClass.FAILED_WHILE_PENDING if pending else CauseClass.FAILED,
        text=text + (remark if pending else ""),
        evidence={name: value for name, value in evidence.items() if value},
        mentions=mentions,
        command=next_commands.verify(row, row.provider.number),
    )


def _interaction(failed: FailedInteraction) -> str:
    text = f"{failed.description}: {failed.mismatch}" if failed.mismatch else failed.description
    if failed.expected is not None or failed.actual is not None:
        text += f" (expected {failed.expected or 'nothing'}, actual {failed.actual or 'nothing'})"
    return text


def _with_branches(row: ResponseRow) -> str:
    branches = f" ({', '.join(row.provider.branches[:MAX_LISTED])})" if row.provider.branches else ""
    return version_of(row.provider) + branches


def _first_failure(row: ResponseRow, same_pact: Sequence[ResponseRow]) -> ResponseRow | None:
    """The first failure since the last success before *row*."""
    if row.verified_at is None:
        return None
    dated = [(each.verified_at, each) for each in (*same_pact, row) if each.verified_at is not None]
    dated.sort(key=lambda each: (each[0], each[1].success is True))
    last_success = max((moment for moment, each in dated if each.success and moment < row.verified_at), default=None)
    failures = [each for moment, each in dated if not each.success and (last_success is None or moment > last_success)]
    return next(iter(failures), None)


def _ignored(facts: Facts, response: Response) -> Iterator[Cause]:
    for row in response.rows:
        if row.ignored and row.success is not True:
            yield Cause(
                kind=CauseClass.IGNORED,
                text=f"The question ignores the pact of {version_of(row.consumer)} with {row.provider.name}, "
                f"which has {'a failure' if row.success is False else 'no result'}.",
                evidence={"pact": row.pact_url or ""},
                command=replace(facts, ignoring=()).ask_again(),
            )


def _nothing_published(facts: Facts) -> Cause:
    first = facts.subjects[0]
    subjects = " and ".join(map(str, facts.subjects))
    return Cause(
        kind=CauseClass.NOTHING_PUBLISHED,
        text=f"The verdict is a yes only because no pact involves {subjects}.",
        command=next_commands.publish(first.pacticipant, first.version) if first.version else facts.ask_again(),
    )


def _unexplained(facts: Facts, reason: str) -> Cause:
    return Cause(
        kind=CauseClass.UNEXPLAINED,
        text=f"The broker gives only this reason: {reason or 'none'}",
        command=facts.ask_again(),
    )


def _closest(name: str, existing: Sequence[str]) -> str | None:
    alike = look_alike([name], existing).get(name, [])
    return next(iter([*alike, *get_close_matches(name, existing, n=1, cutoff=0.7)]), None)


def _did_you_mean(name: str | None) -> str:
    return f" Did you mean {name}?" if name else ""


def _same_commit(number: str, others: Sequence[str]) -> str | None:
    """The version that is another form of *number*: with or without a v, or with an abbreviated commit hash."""
    plain = number.removeprefix("v")
    for each in others:
        shorter, longer = sorted((plain, each.removeprefix("v")), key=len)
        if shorter == longer or (len(shorter) >= _SHORTEST_HASH and shorter in longer):
            return each
    return None
