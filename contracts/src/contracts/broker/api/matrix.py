"""`/matrix` and `/can-i-deploy`: which versions work together, and whether one can be deployed.

Source: Pact Broker protocol, matrix and can-i-deploy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import PlainTextResponse, Response

from contracts.broker import urls
from contracts.broker.actions import decide, expect, row_jobs
from contracts.broker.actions.decide import Answer
from contracts.broker.api import attestations, environments, jobs, matrix_queries, queries, waits
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import HAL, TEXT, Document, link, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import pacticipants, versions
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model.criteria import Numbered
from contracts.model.environments import Environment
from contracts.model.errors import InvalidFields, InvalidQuery
from contracts.model.matrix import Selector, VersionFilter
from contracts.model.matrix_rows import Result, Row
from contracts.model.metadata import Metadata, encode
from contracts.model.versions import VersionDetails, VersionRef


RESULTS_EXPECTED = "resultsExpected"
"""The member of the summary that says whether a verification may bring a missing result; only with `wait`."""

RowKey = tuple[int, int | None]

_FORMS = (HAL, TEXT)
_CAN_I_DEPLOY = ("pacticipant", "version", "environment", "to")
_QUERY = (*queries.texts(*_CAN_I_DEPLOY), *matrix_queries.IGNORED, waits.PARAMETER)
_HEADINGS = ("CONSUMER", "C_VERSION", "REVISION", "PROVIDER", "P_VERSION", "NUMBER", "SUCCESS")


routes = Resources("matrix")


@routes.get(urls.MATRIX, query=matrix_queries.EVERYTHING, provides=_FORMS)
def show_matrix(call: Call) -> Response:
    draft = matrix_queries.read(call.query)
    # unknown names are a 400 as well, which takes precedence over the 406 of `call.reading`
    with call.runtime.database.reading() as connection:
        if draft.problems:
            unknown = decide.unknown_names(connection, draft.names, draft.environment)
            raise InvalidQuery([*draft.problems, *(unknown.errors if unknown else ())])
        decision = decide.answer(connection, draft.question(), policy=call.runtime.settings.policy)
        return answer(call, connection, decision, draft.wait_seconds)


@routes.get(urls.MATRIX_PAIR, query=matrix_queries.OPTIONS)
def show_matrix_of_pair(call: Call, provider: str, consumer: str) -> Response:
    draft = matrix_queries.options(call.query)
    question = draft.question([Selector(pacticipant=consumer), Selector(pacticipant=provider)])
    with call.reading() as connection:
        pacticipants.find(connection, consumer, "consumer")
        pacticipants.find(connection, provider, "provider")
        decision = decide.answer(connection, question, policy=call.runtime.settings.policy)
        return answer(call, connection, decision, draft.wait_seconds)


@routes.get(urls.CAN_I_DEPLOY, query=_QUERY, provides=_FORMS)
def can_i_deploy_version(call: Call) -> Response:
    parameters = {name: matrix_queries.text(call.query, name) for name in _CAN_I_DEPLOY}
    ignored = matrix_queries.ignored(call.query)
    errors = _errors(parameters)
    try:
        wait_seconds = waits.seconds(call.query)
    except InvalidQuery:
        errors[queries.WAIT] = [waits.PROBLEM]
    with call.runtime.database.reading() as connection:  # a 400 takes precedence over the 406
        if errors:
            names = [parameters["pacticipant"]] if parameters["pacticipant"] else []
            unknown = decide.unknown_names(connection, names, parameters["environment"] or None)
            raise InvalidFields(errors | _unknown_errors(unknown))
        version_filter = VersionFilter(criteria=(Numbered(number=parameters["version"]),))
        selector = Selector(pacticipant=parameters["pacticipant"], version_filter=version_filter)
        scope = (
            decide.to_tag(parameters["to"]) if parameters["to"] else decide.to_environment(parameters["environment"])
        )
        try:
            decision = decide.can_i_deploy(connection, selector, scope, ignored, policy=call.runtime.settings.policy)
        except decide.UnknownNames as unknown:
            raise InvalidFields(_unknown_errors(unknown)) from None
        return answer(call, connection, decision, wait_seconds)


@routes.get(urls.CAN_I_DEPLOY_TAG, query=(waits.PARAMETER,), provides=_FORMS)
def can_i_deploy_tag(call: Call, pacticipant: str, tag: str, to: str) -> Response:
    wait_seconds = waits.seconds(call.query)
    with call.reading() as connection:
        return answer(call, connection, decide.from_tag(connection, pacticipant, tag, to), wait_seconds)


@routes.get(urls.CAN_I_DEPLOY_BRANCH, query=(waits.PARAMETER,), provides=_FORMS)
def can_i_deploy_branch(call: Call, pacticipant: str, branch: str, environment: str) -> Response:
    wait_seconds = waits.seconds(call.query)
    with call.reading() as connection:
        decision = decide.from_branch(connection, pacticipant, branch, environment, policy=call.runtime.settings.policy)
        return answer(call, connection, decision, wait_seconds)


def _errors(parameters: Mapping[str, str]) -> dict[str, list[str]]:
    """The problems of the parameters of `/can-i-deploy`, by parameter; under "" those of the whole query.

    Blank parameters count as absent.
    """
    errors = {name: ["is missing"] for name in ("pacticipant", "version") if not parameters[name]}
    if not parameters["environment"] and not parameters["to"]:
        errors[""] = ["Say where it is to go: give an environment, or a tag as 'to'"]
    if parameters["environment"] and parameters["to"]:
        errors[""] = ["Use only one of environment and 'to'"]
    return errors


def _unknown_errors(unknown: decide.UnknownNames | None) -> dict[str, list[str]]:
    errors = {}
    if unknown is not None and unknown.pacticipants:
        errors["pacticipant"] = ["does not match an existing pacticipant"]
    if unknown is not None and unknown.environment is not None:
        errors["environment"] = [f"with name '{unknown.environment}' does not exist"]
    return errors


def answer(call: Call, connection: Connection, decision: Answer, wait_seconds: int | None = None) -> Response:
    """The response with *decision*, in the negotiated media type; the call may wait *wait_seconds* for another one.

    If the client knows waiting, the summary says whether the broker expects more results.
    """
    if wait_seconds is not None:
        call.awaited, call.wait_seconds = expect.results(connection, decision), wait_seconds
    if call.media_type == TEXT:
        return PlainTextResponse(table(decision))
    rows = [*decision.rows, *decision.ignored_rows]
    version_refs = {row.consumer_version for row in rows} | {
        row.provider_version for row in rows if row.provider_version
    }
    details = versions.details(connection, {each.id for each in version_refs})
    places = {place.id: place for each in details.values() for place in each.environments}
    links_of = {place_id: _environment(call.links, place) for place_id, place in places.items()}
    documents = {each.id: _version(call.links, each, details[each.id], links_of) for each in version_refs}
    jobs_of_rows = {each: jobs.render(call, job) for each, job in row_jobs.of_rows(connection, decision).items()}
    document = render(call.links, decision, documents, jobs_of_rows)
    if wait_seconds is not None:
        document["summary"][RESULTS_EXPECTED] = call.awaited is not None
    return call.hal(document)


def render(
    links: Links, decision: Answer, documents: Mapping[int, Document], jobs_of_rows: Mapping[RowKey, Document]
) -> Document:
    """Write *decision* as HAL, nulls included; *documents* are those of its versions, by id.

    *jobs_of_rows* are the documents of verification jobs, by the keys of rows.
    """
    verdict = decision.verdict
    summary: Document = {
        "deployable": verdict.deployable,
        "reason": verdict.reason,
        "success": verdict.success,
        "failed": verdict.failed,
        "unknown": verdict.unknown,
    }
    if verdict.ignored is not None:
        summary["ignored"] = verdict.ignored
    shared = _shared(links, [*decision.rows, *decision.ignored_rows], documents, jobs_of_rows)
    return {
        "summary": summary,
        "notices": [{"type": each.type, "text": each.text} for each in verdict.notices],
        "matrix": [
            *(_row(links, row, shared) for row in decision.rows),
            *(_row(links, row, shared) | {"ignored": True} for row in decision.ignored_rows),
        ],
    }


def table(decision: Answer) -> str:
    """Write *decision* as a table for people, with the verdict below."""
    lines = [_HEADINGS, *(_cells(row) for row in decision.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    rows = [" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    rows.insert(1, "-|-".join("-" * width for width in widths))
    deployable = {True: "true", False: "false", None: "nil"}[decision.verdict.deployable]
    return "\n".join([*rows, "", f"Deployable: {deployable}", f"Reason: {decision.verdict.reason}", ""])


def _cells(row: Row) -> Sequence[str]:
    result = ("", "", "") if row.result is None else _result_cells(row.result)
    version, number, success = result
    return (
        row.consumer,
        row.consumer_version.number,
        str(row.revision_number),
        row.provider,
        version,
        number,
        success,
    )


def _result_cells(result: Result) -> tuple[str, str, str]:
    return result.provider_version.number, str(result.id), str(result.success).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """Parts that rows refer to: *versions* by id, *links* by application, *metadata* by number, *jobs* by key."""

    versions: Mapping[int, Document]
    links: Mapping[str, Document]
    metadata: Mapping[str, str]
    jobs: Mapping[RowKey, Document]


def _shared(
    links: Links, rows: Sequence[Row], versions: Mapping[int, Document], jobs_of_rows: Mapping[RowKey, Document]
) -> _Shared:
    names = {row.consumer for row in rows} | {row.provider for row in rows}
    numbers = {row.consumer_version.number for row in rows}
    return _Shared(
        versions=versions,
        links={each: {"self": link(links.to(urls.PACTICIPANT, pacticipant=each))} for each in names},
        metadata={each: encode(Metadata(consumer_version_number=each)) for each in numbers},
        jobs=jobs_of_rows,
    )


def _row(links: Links, row: Row, shared: _Shared) -> Document:
    consumer, provider = row.consumer, row.provider
    version, number = row.provider_version, row.consumer_version.number
    pact = links.to(urls.PACT, provider=provider, consumer=consumer, version=number)
    job = shared.jobs.get(row_jobs.key(row)) if row.result is None else None
    return {
        "consumer": {
            "name": consumer,
            "version": shared.versions[row.consumer_version.id],
            "_links": shared.links[consumer],
        },
        "provider": {
            "name": provider,
            "version": shared.versions[version.id] if version else None,
            "_links": shared.links[provider],
        },
        "pact": {"createdAt": timestamp(row.pact_created_at), "_links": {"self": link(pact)}},
        "verificationResult": None if row.result is None else _result(links, row, row.result, shared.metadata[number]),
        **({} if job is None else {"verificationJob": job}),
    }


def _result(links: Links, row: Row, result: Result, metadata: str) -> Document:
    address = links.to(
        urls.RESULT_METADATA,
        provider=row.provider,
        consumer=row.consumer,
        sha=row.sha,
        metadata=metadata,
        number=str(result.id),
    )
    return {
        "success": result.success,
        "verifiedAt": timestamp(result.verified_at),
        **({} if result.attested is None or result.counts is not result.attested else {"attested": result.attested}),
        **({} if result.attestation is None else {"attestation": attestations.render(result.attestation)}),
        "_links": {"self": link(address)},
    }


def _version(links: Links, version: VersionRef, details: VersionDetails, links_of: Mapping[int, Document]) -> Document:
    names = {"pacticipant": version.pacticipant, "version": version.number}
    on_branches = [
        {
            "name": branch.name,
            "latest": branch.latest,
            "_links": {
                "self": link(links.to(urls.BRANCH_VERSION, **names, branch=branch.name), "Branch version", branch.name)
            },
        }
        for branch in details.branches
    ]
    return {
        "number": version.number,
        "branch": details.branches[-1].name if details.branches else None,
        "branches": on_branches,
        "branchVersions": on_branches,
        "environments": [links_of[each.id] for each in details.environments],
        "_links": {"self": link(links.to(urls.VERSION, **names))},
        "tags": [
            {
                "name": tag.name,
                "latest": tag.latest,
                "_links": {"self": link(links.to(urls.VERSION_TAG, **names, tag=tag.name))},
            }
            for tag in details.tags
        ],
    }


def _environment(links: Links, environment: Environment) -> Document:
    """*environment* with only the link to itself, because it is in every row."""
    document = environments.render(links, environment)
    return document | {"_links": {"self": document["_links"]["self"]}}
