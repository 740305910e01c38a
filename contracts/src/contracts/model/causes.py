"""The causes of a verdict: why a version cannot be deployed, with the evidence and the next command to run.

`explain` turns `Facts`, which any broker can provide, into causes. The classes of causes are stable identifiers;
docs/causes.md has a section for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches

from contracts.model import next_commands
from contracts.model.cause_facts import MAX_LISTED, Cause, CauseClass, Facts, iso, version_of
from contracts.model.matrix_documents import Response, ResponseRow
from contracts.model.missing_results import causes_of_missing_results
from contracts.model.names import look_alike


_SHORTEST_HASH = 7  # of git, unless it is configured otherwise


def explain(facts: Facts) -> list[Cause]:
    """Return the causes of the verdict; empty if it is a yes that needs no remark.

    A name or version that does not exist is the only cause. Otherwise each row without a success has one, each provider
    version in the environment that has no row, and then the rest.
    """
    if causes := list(_unknown_names(facts)):
        return causes
    if facts.version_exists is False:
        return [_unknown_version(facts)]
    if facts.response is None:
        return [_unexplained(facts, "the broker refuses the question")]
    causes = [*_failures(facts, facts.response), *causes_of_missing_results(facts, facts.response)]
    if facts.response.deployable is not True and not causes:
        causes.append(_unexplained(facts, facts.response.reason))
    causes += _ignored(facts, facts.response)
    if facts.response.deployable is True and not facts.response.rows:
        causes.append(_nothing_published(facts))
    return causes


def _unknown_names(facts: Facts) -> Iterator[Cause]:
    if facts.environments is not None and facts.environment not in facts.environments:
        close = _closest(facts.environment, facts.environments)
        create = next_commands.create_environment(facts.environment)
        yield Cause(
            kind=CauseClass.UNKNOWN_ENVIRONMENT,
            text=f"The environment {facts.environment} does not exist." + _did_you_mean(close),
            evidence={"environments": list(facts.environments[:MAX_LISTED])},
            command=facts.ask_again(environment=close) if close else create,
        )
    if facts.applications is not None and facts.pacticipant not in facts.applications:
        if facts.other_owners:
            yield _other_name(facts, facts.other_owners[0])
            return
        close = _closest(facts.pacticipant, facts.applications)
        publish = next_commands.publish(facts.pacticipant, facts.version)
        yield Cause(
            kind=CauseClass.UNKNOWN_APPLICATION,
            text=f"The application {facts.pacticipant} does not exist." + _did_you_mean(close),
            evidence={"applications": list(facts.applications[:MAX_LISTED])},
            command=facts.ask_again(pacticipant=close) if close else publish,
        )


def _unknown_version(facts: Facts) -> Cause:
    if facts.other_owners:
        return _other_name(facts, facts.other_owners[0])
    if number := _same_commit(facts.version, facts.other_numbers):
        return Cause(
            kind=CauseClass.OTHER_VERSION,
            text=f"Version {facts.version} of {facts.pacticipant} does not exist, but version {number} does.",
            evidence={"version": number},
            command=facts.ask_again(version=number),
        )
    return Cause(
        kind=CauseClass.NEVER_PUBLISHED,
        text=f"Version {facts.version} of {facts.pacticipant} was never published.",
        evidence={"newest_versions": list(facts.other_numbers[:MAX_LISTED])},
        command=next_commands.publish(facts.pacticipant, facts.version),
    )


def _other_name(facts: Facts, name: str) -> Cause:
    return Cause(
        kind=CauseClass.OTHER_NAME,
        text=f"{facts.pacticipant} has no version {facts.version}, but {name} has one.",
        evidence={"applications": list(facts.other_owners[:MAX_LISTED])},
        command=facts.ask_again(pacticipant=name),
    )


def _failures(facts: Facts, response: Response) -> Iterator[Cause]:
    for row in response.rows:
        if row.success is False and not row.ignored:
            yield _failure(facts, row)


def _failure(facts: Facts, row: ResponseRow) -> Cause:
    same_pact = facts.same_pact(row)
    pending = bool(same_pact) and not any(each.success for each in same_pact)
    details = facts.results.get(row.result_url or "")
    evidence: dict[str, str | list[str]] = {"result": row.result_url or ""}
    evidence["failed_since"] = iso(_failed_since(row, same_pact))
    if details is not None:
        evidence["build"] = details.build_url or ""
        evidence["interactions"] = [
            f"{each.description}: {each.mismatch}" if each.mismatch else each.description
            for each in details.failed[:MAX_LISTED]
        ]
    remark = " No version has ever kept it, so it is pending: the provider's build may pass all the same."
    return Cause(
        kind=CauseClass.FAILED_WHILE_PENDING if pending else CauseClass.FAILED,
        text=f"Version {row.provider.number} of {row.provider.name} breaks the pact of {version_of(row.consumer)}."
        + (remark if pending else ""),
        evidence={name: value for name, value in evidence.items() if value},
        command=next_commands.verify(row, row.provider.number),
    )


def _failed_since(row: ResponseRow, same_pact: Sequence[ResponseRow]) -> datetime | None:
    """The first failure since the last success."""
    dated = sorted((each.verified_at, each.success is True) for each in (*same_pact, row) if each.verified_at)
    successes = [moment for moment, success in dated if success and row.verified_at and moment < row.verified_at]
    last_success = max(successes, default=None)
    return next((moment for moment, ok in dated if not ok and (last_success is None or moment > last_success)), None)


def _ignored(facts: Facts, response: Response) -> Iterator[Cause]:
    for row in response.rows:
        if row.ignored and row.success is not True:
            yield Cause(
                kind=CauseClass.IGNORED,
                text=f"The question ignores the pact of {version_of(row.consumer)} with {row.provider.name}, "
                f"which has {'a failure' if row.success is False else 'no result'}.",
                evidence={"pact": row.pact_url or ""},
                command=facts.ask_again(),
            )


def _nothing_published(facts: Facts) -> Cause:
    return Cause(
        kind=CauseClass.NOTHING_PUBLISHED,
        text=f"The verdict is a yes only because no pact involves version {facts.version} of {facts.pacticipant}.",
        command=next_commands.publish(facts.pacticipant, facts.version),
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
