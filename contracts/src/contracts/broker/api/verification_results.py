"""`…/verification-results`: publishing, reading and removing results; the latest of a pact or consumer version.

Source: Pact Broker protocol, verification results.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import verify
from contracts.broker.api import attestations, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import EXTENDED, HAL, JSON, Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import pacts, tags, verifications, versions
from contracts.broker.store.database import Connection
from contracts.broker.urls import Links
from contracts.model import dates
from contracts.model.attestations import Attestation
from contracts.model.errors import NotFound
from contracts.model.metadata import Metadata, decode, encode
from contracts.model.pacts import Pact
from contracts.model.verifications import ProviderSummary, Result, Verification, VerifierReport, summarise


_FORMS = (HAL, JSON, EXTENDED)
_ALL = "all"
_MOST_DIGITS = 18  # fits the databases' 64-bit integers


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be a string")  # noqa: TRY004, pydantic takes a ValueError for a broken rule
    return dates.parse(value)


class ResultBody(Body):
    """The result that a verifier publishes."""

    success: bool
    provider_version_number: rules.Name = Field(alias="providerApplicationVersion")
    build_url: rules.Url | None = Field(default=None, alias="buildUrl")
    test_results: Any = Field(default=None, alias="testResults")
    verified_by: dict[str, Any] | None = Field(default=None, alias="verifiedBy")
    executed_at: Annotated[datetime | None, BeforeValidator(_moment)] = Field(default=None, alias="verificationDate")

    def result(self, attestation: Attestation | None) -> Result:
        """Return the result in the words of the model; *attestation* is the build that publishes it."""
        return Result(
            success=self.success,
            provider_version_number=self.provider_version_number,
            build_url=self.build_url,
            executed_at=self.executed_at,
            report=VerifierReport(
                verified_by=self.verified_by or {}, test_results=self.test_results, attestation=attestation
            ),
        )


routes = Resources("verification results")


@routes.post(urls.RESULTS, urls.RESULTS_METADATA, body=ResultBody)
def publish_verification_result(call: Call, provider: str, consumer: str, sha: str, metadata: str = "") -> Response:
    result = call.body(ResultBody).result(attestations.of(call, provider))
    decoded = decode(metadata) if metadata else Metadata()
    with call.writing() as connection:
        pact = pacts.find_by_sha(connection, provider, consumer, sha)
        verification = verify.publish(call.runtime, connection, pact, result, decoded, base_url=call.links.base)
    call.runtime.wake_delivery()
    document = render(call.links, verification, result.report)
    return call.hal(document, 201, location=url(call.links, verification))


@routes.get(urls.PACT_RESULT_LATEST, provides=_FORMS)
def show_latest_result_of_pact(call: Call, provider: str, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find(connection, provider, consumer, version))


@routes.get(urls.PACT_VERSION_RESULT_LATEST, provides=_FORMS)
def show_latest_result_of_content(call: Call, provider: str, consumer: str, sha: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_by_sha(connection, provider, consumer, sha))


@routes.get(urls.LATEST_RESULT_LATEST, provides=_FORMS)
def show_latest_result_of_latest_pact(call: Call, provider: str, consumer: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_latest(connection, provider, consumer))


@routes.get(urls.LATEST_TAG_RESULT_LATEST, provides=_FORMS)
def show_latest_result_of_latest_tagged_pact(call: Call, provider: str, consumer: str, tag: str) -> Response:
    with call.reading() as connection:
        return _latest(call, connection, pacts.find_latest(connection, provider, consumer, tag=tag))


@routes.get(urls.CONSUMER_VERSION_RESULTS)
def list_results_of_consumer_version(call: Call, consumer: str, version: str) -> Response:
    with call.reading() as connection:
        consumer_version = versions.find_of(connection, consumer, version)
        latest = verifications.latest_for_consumer_version(connection, consumer_version.id)
        results = [each.of(version) for each in latest.values() if each is not None]
        reports = verifications.reports(connection, [each.id for each in results])
    documents = [render(call.links, each, reports[each.id]) for each in results]
    title = f"Latest verification results of {consumer} version {version}"
    return call.hal(render_summary(summarise(latest), documents, link(call.url, title)))


@routes.get(urls.RESULT, urls.RESULT_METADATA, provides=_FORMS)
def show_verification_result(
    call: Call,
    provider: str,
    consumer: str,
    sha: str,
    number: str,
    metadata: str = "",  # noqa: ARG001, the result is the same under every metadata
) -> Response:
    if number == _ALL:
        return call.hal({"error": "There is no list of all results of a pact: the matrix shows them"}, 404)
    with call.reading() as connection:
        return _response(
            call, connection, verifications.find(connection, provider, consumer, sha, result_number(number))
        )


@routes.delete(urls.RESULT, urls.RESULT_METADATA)
def delete_verification_result(
    call: Call,
    provider: str,
    consumer: str,
    sha: str,
    number: str,
    metadata: str = "",  # noqa: ARG001, as above
) -> Response:
    with call.writing() as connection:
        verification = verifications.find(connection, provider, consumer, sha, result_number(number))
        verifications.delete(connection, verification)
    return Response(status_code=204)


def _latest(call: Call, connection: Connection, pact: Pact) -> Response:
    if (latest := verifications.latest_for_content(connection, pact.pact_version_id)) is None:
        raise NotFound(f"There is no verification result of the {pact.name} yet")
    return _response(call, connection, latest.of(pact.consumer_version.number))


def _response(call: Call, connection: Connection, verification: Verification) -> Response:
    report = verifications.reports(connection, [verification.id])[verification.id]
    document = render(call.links, verification, report)
    if call.media_type == EXTENDED:
        version_id = verification.provider_version_id
        of_version = tags.of_versions(connection, [version_id]).get(version_id, ())
        document["_embedded"] = {"tags": [{"name": each.name, "latest": each.latest} for each in of_version]}
    return call.hal(document)


def result_number(text: str) -> int:
    """Return the number in a URL; -1, which no result has, if it is not a number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1


def url(links: Links, verification: Verification, template: str = urls.RESULT) -> str:
    """Return the URL of a result, or with another *template* a URL below it."""
    return links.to(
        template,
        provider=verification.provider,
        consumer=verification.consumer,
        sha=verification.sha,
        number=str(verification.number),
    )


def render(links: Links, verification: Verification, report: VerifierReport) -> Document:
    """Return the document of a result."""
    pact_url = links.to(
        urls.PACT_VERSION_METADATA,
        provider=verification.provider,
        consumer=verification.consumer,
        sha=verification.sha,
        metadata=encode(Metadata(consumer_version_number=verification.consumer_version_number)),
    )
    name = f"Verification result {verification.number} for {verification.pact_name}"
    return present(
        {
            "providerName": verification.provider,
            "providerApplicationVersion": verification.provider_version_number,
            "success": verification.success,
            "verificationDate": timestamp(verification.executed_at),
            "buildUrl": verification.build_url,
            "testResults": report.test_results,
            "verifiedBy": _verified_by(report.verified_by),
            "attestation": None
            if report.attestation is None
            else attestations.render(report.attestation, report.attestation_source),
            "_links": {
                "self": link(url(links, verification), "Verification result", name),
                "pb:pact-version": link(pact_url, "Pact", verification.pact_name),
                "pb:triggered-webhooks": link(
                    url(links, verification, urls.RESULT_TRIGGERED_WEBHOOKS), "Webhooks that this result triggered"
                ),
            },
        }
    )


def render_summary(summary: ProviderSummary, results: list[Document], link_to_self: Document) -> Document:
    """Return the document of a consumer version's latest results, one for each provider."""
    return {
        "success": summary.success,
        "providerSummary": {
            "successful": summary.successful,
            "failed": summary.failed,
            "unknown": summary.unknown,
        },
        "_embedded": {"verificationResults": results},
        "_links": {"self": link_to_self},
    }


def _verified_by(verifier: Mapping[str, Any]) -> Document:
    """Return the verifier flat and in snake case; the body has it nested and in camel case."""
    language = verifier.get("clientLanguage")
    client = language if isinstance(language, dict) else {}
    return present(
        {
            "implementation": verifier.get("implementation"),
            "version": verifier.get("version"),
            "client_implementation": client.get("name"),
            "client_test_framework": client.get("testFramework"),
            "client_version": client.get("version"),
        }
    )
