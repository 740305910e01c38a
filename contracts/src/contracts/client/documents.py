"""Documents of the protocol as types, reduced to the fields that are used here.

The `*_from` functions read a document strictly: a missing field, or one of another type, raises UnexpectedAnswer.
Vocabularies that brokers extend (kinds of notices, events) stay plain texts.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.client import hal
from contracts.client.errors import UnexpectedAnswer
from contracts.client.hal import JsonObject
from contracts.model.matrix_documents import Response, read_response
from contracts.model.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One pact to publish: *content* is the file's bytes, sent as they are."""

    consumer: str
    provider: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The response to publishing: the broker's *notices* in order, and the URLs of the pacts."""

    notices: tuple[Notice, ...]
    pact_urls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PactToVerify:
    """One pact that the broker asks a provider to verify.

    A *pending* pact that fails does not fail the provider's build; *wip* ones are always pending.
    """

    name: str
    url: str
    short_description: str
    pending: bool
    wip: bool
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pact:
    """A pact as the broker stores it, with the links that publishing results needs.

    *matrix_url* lists every result of *consumer_version*. *results_url* accepts a result; None if the broker accepts
    none. *document* is the whole response: the content of the pact, and the broker's links.
    """

    consumer: str
    consumer_version: str
    provider: str
    results_url: str | None
    matrix_url: str | None
    document: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One pact of the matrix with its result, if it counts: *success*. *ignored* rows do not affect the verdict."""

    consumer: str
    consumer_version: str
    provider: str
    provider_version: str | None
    success: bool | None
    verification_url: str | None
    pact_url: str | None
    ignored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Pacts with their results, and the broker's verdict on them.

    *deployable* is the JSON value: true, false, or null (None) while results are missing. *response* has what explains
    the verdict. *results_expected* is None unless the broker says whether a verification may bring a missing result.
    """

    deployable: bool | None
    reason: str
    notices: tuple[Notice, ...]
    rows: tuple[Row, ...]
    response: Response
    results_expected: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pacticipant:
    """An application."""

    name: str
    display_name: str | None
    main_branch: str | None
    repository_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of an application, with its branches and tags."""

    number: str
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    build_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment; links contain its *uuid*, people and clients use its *name*."""

    uuid: str
    name: str
    display_name: str | None
    production: bool
    contact_name: str | None = None
    contact_email_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedVersion:
    """A version deployed to an environment; *application_instance* distinguishes parallel deployments."""

    uuid: str
    pacticipant: str
    version: str
    application_instance: str | None
    currently_deployed: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedVersion:
    """A version released to an environment, and in use there while it is *currently_supported*."""

    uuid: str
    pacticipant: str
    version: str
    currently_supported: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggeredWebhook:
    """A delivery of a webhook; *status* is not_run, retrying, success, failure, or a word of a newer broker."""

    name: str | None
    event: str
    status: str

    @property
    def is_under_way(self) -> bool:
        """Whether it has not been sent yet, or will be sent again."""
        return self.status in {"not_run", "retrying"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The outcome of testing a webhook; *status* is None if its target did not respond."""

    success: bool
    status: int | None
    error: str | None
    logs: str | None


def notices(document: JsonObject) -> tuple[Notice, ...]:
    """Return the notices of a document, in order, without those that have no text."""
    return tuple(
        Notice(type=hal.get_text(item, "type") or "info", text=hal.text(item, "text"))
        for item in hal.objects(document.get("notices") or [], "notices")
        if item.get("text") is not None
    )


def publication_from(document: JsonObject) -> Publication:
    """Read the response to contracts/publish; our broker's own warnings follow the notices."""
    warnings = document.get("warnings")
    texts = [each for each in warnings if isinstance(each, str)] if isinstance(warnings, list) else []
    return Publication(
        notices=(*notices(document), *(Notice(type="warning", text=each) for each in texts)),
        pact_urls=tuple(link.href for link in hal.links(document, "pb:contracts")),
    )


def pact_to_verify_from(document: JsonObject) -> PactToVerify:
    """Read one item of the response to for-verification."""
    link = hal.find_link(document, "self", "verification of pacts")
    properties = hal.mapping(document, "verificationProperties", {})
    return PactToVerify(
        name=link.name or link.href,
        url=link.href,
        short_description=hal.text(document, "shortDescription"),
        pending=bool(properties.get("pending") is not None and hal.truth(properties, "pending")),
        wip=bool(properties.get("wip") is not None and hal.truth(properties, "wip")),
        notices=tuple(
            Notice(type=hal.get_text(item, "when") or "", text=hal.text(item, "text"))
            for item in hal.objects(properties.get("notices") or [], "notices")
        ),
    )


def pact_from(document: JsonObject) -> Pact:
    """Read a pact fetched from a broker."""
    matrix = hal.get_link(document, "pb:matrix-for-consumer-version")
    results = hal.get_link(document, "pb:publish-verification-results")
    version = hal.find_link(document, "pb:consumer-version", "reading pacts")
    if version.name is None:
        raise UnexpectedAnswer("The response is not what a Pact Broker sends: the pact's consumer version has no name.")
    return Pact(
        consumer=_party(document, "consumer"),
        consumer_version=version.name,
        provider=_party(document, "provider"),
        results_url=results.href if results else None,
        matrix_url=matrix.href if matrix else None,
        document=document,
    )


def _party(document: JsonObject, role: str) -> str:
    """Return the name of a pact's consumer or provider, from its link: contents need not name them."""
    link = hal.get_link(document, f"pb:{role}")
    if link is not None and link.name is not None:
        return link.name
    return hal.text(hal.mapping(document, role), "name")


def matrix_from(document: JsonObject) -> Matrix:
    """Read a matrix document; the verdict must be the JSON value true, false or null."""
    summary = hal.mapping(document, "summary")
    return Matrix(
        deployable=hal.get_truth(summary, "deployable"),
        reason=hal.get_text(summary, "reason") or "",
        notices=notices(document),
        rows=tuple(_row_from(item) for item in hal.objects(document.get("matrix"), "matrix")),
        response=read_response(document),
        results_expected=hal.truth(summary, "resultsExpected") if "resultsExpected" in summary else None,
    )


def pacticipant_from(document: JsonObject) -> Pacticipant:
    """Read a pacticipant."""
    return Pacticipant(
        name=hal.text(document, "name"),
        display_name=hal.get_text(document, "displayName"),
        main_branch=hal.get_text(document, "mainBranch"),
        repository_url=hal.get_text(document, "repositoryUrl"),
    )


def version_from(document: JsonObject) -> Version:
    """Read a version."""
    return Version(
        number=hal.text(document, "number"),
        branches=tuple(hal.text(item, "name") for item in hal.embedded(document, "branchVersions")),
        tags=tuple(hal.text(item, "name") for item in hal.embedded(document, "tags")),
        build_url=hal.get_text(document, "buildUrl"),
    )


def environment_from(document: JsonObject) -> Environment:
    """Read an environment, with its first contact."""
    contacts = hal.objects(document.get("contacts") or [], "contacts")
    contact: JsonObject = contacts[0] if contacts else {}
    return Environment(
        uuid=hal.text(document, "uuid"),
        name=hal.text(document, "name"),
        display_name=hal.get_text(document, "displayName"),
        production=hal.truth(document, "production"),
        contact_name=hal.get_text(contact, "name"),
        contact_email_address=hal.get_text(hal.get_mapping(contact, "details") or {}, "emailAddress"),
    )


def deployed_version_from(document: JsonObject) -> DeployedVersion:
    """Read a deployed version, with its pacticipant and version embedded."""
    parts = hal.mapping(document, "_embedded")
    return DeployedVersion(
        uuid=hal.text(document, "uuid"),
        pacticipant=hal.text(hal.mapping(parts, "pacticipant"), "name"),
        version=hal.text(hal.mapping(parts, "version"), "number"),
        application_instance=hal.get_text(document, "applicationInstance"),
        currently_deployed=hal.truth(document, "currentlyDeployed"),
        url=hal.find_link(document, "self").href,
    )


def released_version_from(document: JsonObject) -> ReleasedVersion:
    """Read a released version, with its pacticipant and version embedded."""
    parts = hal.mapping(document, "_embedded")
    return ReleasedVersion(
        uuid=hal.text(document, "uuid"),
        pacticipant=hal.text(hal.mapping(parts, "pacticipant"), "name"),
        version=hal.text(hal.mapping(parts, "version"), "number"),
        currently_supported=hal.truth(document, "currentlySupported"),
        url=hal.find_link(document, "self").href,
    )


def triggered_webhook_from(document: JsonObject) -> TriggeredWebhook:
    """Read one delivery of a webhook."""
    return TriggeredWebhook(
        name=hal.get_text(document, "name"),
        event=hal.text(document, "eventName"),
        status=hal.text(document, "status"),
    )


def execution_from(document: JsonObject) -> Execution:
    """Read the outcome of testing a webhook."""
    response = hal.get_mapping(document, "response") or {}
    error = hal.get_mapping(document, "error") or {}
    status = response.get("status")
    return Execution(
        success=hal.truth(document, "success"),
        status=status if isinstance(status, int) else None,
        error=hal.get_text(error, "message"),
        logs=hal.get_text(document, "logs"),
    )


def _row_from(document: JsonObject) -> Row:
    consumer = hal.mapping(document, "consumer")
    provider = hal.mapping(document, "provider")
    provider_version = hal.get_mapping(provider, "version")
    result = hal.get_mapping(document, "verificationResult")
    return Row(
        consumer=hal.text(consumer, "name"),
        consumer_version=hal.text(hal.mapping(consumer, "version"), "number"),
        provider=hal.text(provider, "name"),
        provider_version=None if provider_version is None else hal.text(provider_version, "number"),
        success=None if result is None or result.get("attested") is False else hal.get_truth(result, "success"),
        verification_url=None if result is None else _self(result),
        pact_url=_self(hal.get_mapping(document, "pact") or {}),
        ignored=document.get("ignored") is True,
    )


def _self(document: JsonObject) -> str | None:
    link = hal.get_link(document, "self")
    return None if link is None else link.href
