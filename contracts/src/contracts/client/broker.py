"""A typed client for any Pact Broker or PactFlow: one method for each thing a pipeline asks for."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlencode

from contracts.client import documents, hal, navigation, timeouts, unknown_names
from contracts.client.credentials import Credentials
from contracts.client.documents import Contract
from contracts.client.errors import ClientError, NotFound, UsageError
from contracts.client.hal import JsonObject
from contracts.client.selectors import Selector
from contracts.client.timeouts import READ_TIMEOUT_SECONDS
from contracts.client.webhooks import Webhook, webhook_from


if TYPE_CHECKING:
    from contracts.model.archive.records import Gap, Record


if TYPE_CHECKING:
    from contracts.client.archive.reader import Had, OnProgress
    from contracts.client.archive.replay_steps import Done


class Broker:
    """The broker at *base_url*; a context manager that closes its connections.

    The base URL may have a path, and is the only place that credentials are sent to. The index is
    fetched once, at the first need. *ca_bundle* is a file of certificate authorities to trust.
    A broker that does not answer is asked again for *patience_seconds*, 30 unless given.

    Every method raises ClientError (see `contracts.client.errors`): Unreachable, Refused and
    UnexpectedAnswer always may occur; its docstring names what else.

    Raises:
        UsageError: if a token and a user name are both given, *base_url* is no base URL, or *ca_bundle* no file.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        username: str | None = None,
        password: str | None = None,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
        ca_bundle: str | None = None,
        patience_seconds: float | None = None,
    ) -> None:
        if token is not None and (username is not None or password is not None):
            raise UsageError(
                "A token and a user name or password are both given for the broker; which one is "
                "meant cannot be known. Set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and "
                "PACT_BROKER_PASSWORD, and unset the other."
            )
        if password is not None and username is None:
            raise UsageError("A password for the broker is given without a user name: set PACT_BROKER_USERNAME.")
        # loads requests, which takes longer than all of the client
        from contracts.client.transport import Transport  # noqa: PLC0415

        self.credentials = Credentials(token=token, username=username, password=password)
        self.ca_bundle = ca_bundle
        self.patience_seconds = timeouts.PATIENCE_SECONDS if patience_seconds is None else patience_seconds
        transport = Transport(
            base_url,
            credentials=self.credentials,
            timeout_seconds=timeout_seconds,
            ca_bundle=ca_bundle,
            patience_seconds=self.patience_seconds,
        )
        self.base_url = str(transport.place)
        self._to = navigation.Navigator(transport)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """The broker that PACT_BROKER_BASE_URL names, with PACT_BROKER_TOKEN or _USERNAME, _PASSWORD.

        Empty variables count as absent. SSL_CERT_FILE is honoured, as the official clients do.
        CONTRACTS_PATIENCE_SECONDS says how long a broker that does not answer is asked again.

        Raises:
            UsageError: if no base URL is set, credentials of both kinds are, or the patience is not a number.
        """
        base_url = environ.get("PACT_BROKER_BASE_URL")
        if not base_url:
            raise UsageError("No broker is configured: set PACT_BROKER_BASE_URL to its address.")
        return cls(
            base_url,
            token=environ.get("PACT_BROKER_TOKEN") or None,
            username=environ.get("PACT_BROKER_USERNAME") or None,
            password=environ.get("PACT_BROKER_PASSWORD") or None,
            ca_bundle=environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or None,
            patience_seconds=timeouts.patience(environ),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._to.close()

    def check(self) -> None:
        """Raise unless a Pact Broker answers at the base URL and accepts the credentials."""
        _ = self._to.index

    def offers(self, relation: str) -> bool:
        """Whether this broker's index has *relation*, such as pb:secrets."""
        return self._to.offers(relation)

    def publish_contracts(
        self,
        *,
        pacticipant: str,
        version: str,
        contracts: Sequence[Contract],
        branch: str | None = None,
        tags: Sequence[str] = (),
        build_url: str | None = None,
    ) -> documents.Publication:
        """Publish the *contracts* of one consumer version, in one request.

        Raises:
            Conflict: if this version was published with other content; carries the notices.
            Invalid: if a contract breaks a rule of the broker.
        """
        body: JsonObject = {
            "pacticipantName": pacticipant,
            "pacticipantVersionNumber": version,
            "contracts": [
                {
                    "consumerName": contract.consumer,
                    "providerName": contract.provider,
                    "specification": "pact",
                    "contentType": "application/json",
                    "content": base64.b64encode(contract.content).decode(),
                }
                for contract in contracts
            ],
        }
        optional = {"branch": branch, "buildUrl": build_url, "tags": list(tags)}
        body |= {key: value for key, value in optional.items() if value}
        address = self._to.relation("pb:publish-contracts", "publishing contracts")
        return documents.publication_from(self._to.post_repeatably(address, body))

    def pacts_for_verification(
        self,
        provider: str,
        *,
        selectors: Iterable[Selector] = (),
        branch: str | None = None,
        include_pending: bool = True,
        include_wip_since: date | None = None,
    ) -> tuple[documents.PactToVerify, ...]:
        """The pacts that *provider* is to verify on *branch*, as the official verifier asks for them.

        Raises:
            NotFound: if the broker does not know the provider.
        """
        address = self._to.relation(
            "pb:provider-pacts-for-verification", "verification by a provider", provider=provider
        )
        document = self._to.get(address)
        body: JsonObject = {
            "includePendingStatus": include_pending,
            "consumerVersionSelectors": [selector.document() for selector in selectors],
        }
        if branch is not None:
            body["providerVersionBranch"] = branch
        if include_wip_since is not None:
            body["includeWipPactsSince"] = include_wip_since.isoformat()
        answer = self._to.post_repeatably(self._to.linked(document, "self", "verification"), body)
        return tuple(documents.pact_to_verify_from(item) for item in hal.embedded(answer, "pacts"))

    def pact(self, url: str) -> documents.Pact:
        """The pact at *url*, which must be an address of this broker.

        Raises:
            ForeignLink: if *url* is not on this broker; nothing was sent there.
            NotFound: if there is no such pact.
        """
        return documents.pact_from(self._to.get(self._to.address(url)))

    def publish_result(self, pact: documents.Pact, result: JsonObject) -> None:
        """Publish the *result* of verifying *pact*, in the protocol's words.

        Raises:
            NotSupported: if the broker takes no results for it.
        """
        address = self._to.linked(pact.document, "pb:publish-verification-results", "publishing results of this pact")
        self._to.post_repeatably(address, result)

    def results_of(self, pact: documents.Pact) -> tuple[documents.Row, ...]:
        """Every known result of a pact's consumer version, by every provider version."""
        if pact.matrix_url is None:
            selector = [("pacticipant", pact.consumer), ("version", pact.consumer_version)]
            return self.matrix([dict(selector)], latestby="cvpv").rows
        return documents.matrix_from(self._to.get(self._to.address(pact.matrix_url))).rows

    def matrix(
        self,
        selectors: Sequence[Mapping[str, str]],
        *,
        latestby: str | None = None,
        environment: str | None = None,
    ) -> documents.Matrix:
        """The matrix for *selectors*, each with the protocol's keys, such as pacticipant, version.

        Brokers count the last 100 rows unless asked otherwise; for a verdict use `can_i_deploy`.
        Nothing in the index leads here; the official clients use this path as well.

        Raises:
            Invalid: if a selector names what does not exist.
        """
        pairs = [(f"q[][{key}]", value) for selector in selectors for key, value in selector.items()]
        parameters = {"latestby": latestby, "environment": environment}
        address = self._to.below(f"/matrix?{urlencode(pairs)}")
        return documents.matrix_from(self._to.get(navigation.query(address, **parameters)))

    def can_i_deploy(self, *, pacticipant: str, version: str, environment: str) -> documents.Matrix:
        """The verdict on deploying *version* of *pacticipant* to *environment*.

        An unknown version is no error: its verdict is a no.

        Raises:
            Invalid: if the pacticipant or the environment does not exist.
        """
        address = self._to.relation(
            "pb:can-i-deploy-pacticipant-version-to-environment",
            "can-i-deploy to an environment",
            pacticipant=pacticipant,
            version=version,
            environment=environment,
        )
        return documents.matrix_from(self._to.get(address))

    def pacticipants(self) -> tuple[documents.Pacticipant, ...]:
        """All pacticipants, by name."""
        address = self._to.relation("pb:pacticipants", "listing pacticipants")
        return tuple(
            documents.pacticipant_from(item)
            for page in self._to.pages(address)
            for item in hal.embedded(page, "pacticipants")
        )

    def pacticipant(self, name: str) -> documents.Pacticipant:
        """The pacticipant called *name*.

        Raises:
            NotFound: if there is none.
        """
        return documents.pacticipant_from(self._to.get(self._pacticipant(name)))

    def create_or_update_pacticipant(
        self,
        name: str,
        *,
        display_name: str | None = None,
        main_branch: str | None = None,
        repository_url: str | None = None,
    ) -> documents.Pacticipant:
        """Create the pacticipant, or change what is given; what is None stays as it is."""
        fields = {
            "displayName": display_name,
            "mainBranch": main_branch,
            "repositoryUrl": repository_url,
        }
        changes = {key: value for key, value in fields.items() if value is not None}
        try:
            document = self._to.merge(self._pacticipant(name), changes)
        except NotFound:
            address = self._to.relation("pb:pacticipants", "creating pacticipants")
            document = self._to.send("POST", address, {"name": name, **changes})
        return documents.pacticipant_from(document)

    def version(self, pacticipant: str, version: str) -> documents.Version:
        """A version of a pacticipant.

        Raises:
            NotFound: if there is none.
        """
        return documents.version_from(self._to.get(self._version(pacticipant, version)))

    def put_version(self, pacticipant: str, version: str, *, build_url: str | None = None) -> documents.Version:
        """Make sure that the version exists; set its build URL where one is given."""
        changes = {} if build_url is None else {"buildUrl": build_url}
        document = self._to.merge(self._version(pacticipant, version), changes)
        return documents.version_from(document)

    def branches(self, pacticipant: str) -> tuple[str, ...]:
        """The names of a pacticipant's branches, the most recently changed first.

        Raises:
            NotFound: if there is no such pacticipant.
        """
        document = self._to.get(self._pacticipant(pacticipant))
        address = self._to.linked(document, "pb:branches", "listing branches")
        return tuple(
            hal.text(item, "name") for page in self._to.pages(address) for item in hal.embedded(page, "branches")
        )

    def add_branch(self, *, pacticipant: str, version: str, branch: str) -> None:
        """Put a version on a branch; creates pacticipant, version and branch where missing."""
        address = self._to.relation(
            "pb:pacticipant-branch-version",
            "branches",
            pacticipant=pacticipant,
            version=version,
            branch=branch,
        )
        self._to.send("PUT", address, {})

    def delete_branch(self, *, pacticipant: str, branch: str) -> None:
        """Delete a branch; its versions and pacts stay.

        Raises:
            NotFound: if there is no such branch.
        """
        address = self._to.relation("pb:pacticipant-branch", "branches", pacticipant=pacticipant, branch=branch)
        try:
            self._to.send("DELETE", address)
        except NotFound as error:
            existing = () if (unknown := self._unknown(pacticipant)) else self.branches(pacticipant)
            raise NotFound(unknown or unknown_names.branch(branch, pacticipant, existing)) from error

    def tag(self, *, pacticipant: str, version: str, tag: str) -> None:
        """Tag a version; creates pacticipant and version where missing."""
        address = self._to.relation(
            "pb:pacticipant-version-tag", "tags", pacticipant=pacticipant, version=version, tag=tag
        )
        self._to.send("PUT", address, {})

    def environments(self) -> tuple[documents.Environment, ...]:
        """All environments, by display name."""
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        return tuple(documents.environment_from(item) for item in hal.embedded(document, "environments"))

    def environment(self, name: str) -> documents.Environment:
        """The environment called *name*.

        Raises:
            NotFound: if there is none.
        """
        return documents.environment_from(self._environment(name))

    def create_environment(
        self, name: str, *, production: bool, display_name: str | None = None
    ) -> documents.Environment:
        """Create an environment.

        Raises:
            Invalid: if the name is taken, or breaks a rule.
        """
        body: JsonObject = {"name": name, "production": production}
        if display_name is not None:
            body["displayName"] = display_name
        address = self._to.relation("pb:environments", "environments")
        return documents.environment_from(self._to.send("POST", address, body))

    def record_deployment(
        self,
        *,
        pacticipant: str,
        version: str,
        environment: str,
        application_instance: str | None = None,
    ) -> documents.DeployedVersion:
        """Record that *version* now runs in *environment*, in place of what ran there before.

        With *application_instance* it replaces that instance only. Recording the same again
        changes nothing.

        Raises:
            NotFound: if the version or the environment does not exist.
        """
        body = {} if application_instance is None else {"applicationInstance": application_instance}
        address = self._recording("pb:record-deployment", pacticipant, version, environment)
        return documents.deployed_version_from(self._to.post_repeatably(address, body))

    def record_undeployment(
        self, *, pacticipant: str, environment: str, application_instance: str | None = None
    ) -> tuple[documents.DeployedVersion, ...]:
        """Record that *pacticipant* no longer runs in *environment*; the versions that did.

        Without *application_instance* the deployment that names none is meant, not all of them.

        Raises:
            NotFound: if it is not deployed there.
        """
        found = [
            deployed
            for deployed in self.currently_deployed(environment, pacticipant=pacticipant)
            if deployed.application_instance == application_instance
        ]
        if not found:
            instance = f" as instance {application_instance!r}" if application_instance else ""
            msg = f"{pacticipant} is not recorded as deployed to {environment}{instance}."
            raise NotFound(self._unknown(pacticipant) or msg)
        for deployed in found:
            self._to.merge(self._to.address(deployed.url), {"currentlyDeployed": False})
        return tuple(found)

    def record_release(self, *, pacticipant: str, version: str, environment: str) -> documents.ReleasedVersion:
        """Record that *version* is released to *environment*, besides those released before.

        Raises:
            NotFound: if the version or the environment does not exist.
        """
        address = self._recording("pb:record-release", pacticipant, version, environment)
        return documents.released_version_from(self._to.post_repeatably(address, {}))

    def record_support_ended(
        self, *, pacticipant: str, version: str, environment: str
    ) -> tuple[documents.ReleasedVersion, ...]:
        """Record that a released version is no longer supported in *environment*.

        Raises:
            NotFound: if it is not recorded as released and supported there.
        """
        found = [
            released
            for released in self.currently_supported(environment, pacticipant=pacticipant)
            if released.version == version
        ]
        if not found:
            msg = f"Version {version} of {pacticipant} is not recorded as released to {environment}."
            raise NotFound(self._unknown(pacticipant) or msg)
        for released in found:
            self._to.merge(self._to.address(released.url), {"currentlySupported": False})
        return tuple(found)

    def currently_deployed(
        self, environment: str, *, pacticipant: str | None = None
    ) -> tuple[documents.DeployedVersion, ...]:
        """The versions of *pacticipant*, or with None of everybody, that run in *environment* now.

        Raises:
            NotFound: if there is no such environment.
        """
        items = self._current(environment, "pb:currently-deployed-deployed-versions", "deployedVersions", pacticipant)
        found = (documents.deployed_version_from(item) for item in items)
        return tuple(item for item in found if pacticipant in {None, item.pacticipant})

    def currently_supported(
        self, environment: str, *, pacticipant: str | None = None
    ) -> tuple[documents.ReleasedVersion, ...]:
        """The versions of *pacticipant*, or with None of everybody, that are released to *environment* and supported.

        Raises:
            NotFound: if there is no such environment.
        """
        items = self._current(environment, "pb:currently-supported-released-versions", "releasedVersions", pacticipant)
        found = (documents.released_version_from(item) for item in items)
        return tuple(item for item in found if pacticipant in {None, item.pacticipant})

    def webhooks(self) -> tuple[Webhook, ...]:
        """All webhooks; one request for each, as lists hold links only."""
        document = self._to.get(self._to.relation("pb:webhooks", "webhooks"))
        found = hal.links(document, "pb:webhooks")
        return tuple(webhook_from(self._to.get(self._to.address(link.href))) for link in found)

    def webhook(self, uuid: str) -> Webhook:
        """The webhook with this uuid.

        Raises:
            NotFound: if there is none.
        """
        return webhook_from(self._to.get(self._webhook(uuid)))

    def put_webhook(self, uuid: str, webhook: Webhook) -> Webhook:
        """Create the webhook under *uuid*, or replace the one that is there.

        Raises:
            Invalid: if it breaks a rule: an unknown pacticipant, a URL that is not allowed, …
        """
        return webhook_from(self._to.send("PUT", self._webhook(uuid), webhook.document()))

    def create_webhook(self, webhook: Webhook) -> Webhook:
        """Create a webhook; the broker chooses its uuid.

        Raises:
            Invalid: if it breaks a rule: an unknown pacticipant, a URL that is not allowed, …
        """
        address = self._to.relation("pb:webhooks", "webhooks")
        return webhook_from(self._to.send("POST", address, webhook.document()))

    def execute_webhook(self, uuid: str) -> documents.Execution:
        """Have the broker make the webhook's request now; look at `success`: a failure is no error.

        Raises:
            NotFound: if there is no such webhook.
        """
        document = self._to.get(self._webhook(uuid))
        address = self._to.linked(document, "pb:execute", "testing webhooks")
        return documents.execution_from(self._to.send("POST", address, {}))

    def triggered_webhooks(self, pact_url: str) -> tuple[documents.TriggeredWebhook, ...]:
        """What publishing the pact at *pact_url* set off, the last first; results set off webhooks of their own.

        Raises:
            ForeignLink: if *pact_url* is not on this broker; nothing was sent there.
            NotFound: if there is no such pact.
            NotSupported: if the broker does not tell.
        """
        pact = self._to.get(self._to.address(pact_url))
        document = self._to.get(self._to.linked(pact, "pb:triggered-webhooks", "triggered webhooks"))
        found = hal.embedded(document, "triggeredWebhooks")
        return tuple(documents.triggered_webhook_from(item) for item in found)

    def delete_webhook(self, uuid: str) -> None:
        """Delete a webhook.

        Raises:
            NotFound: if there is none.
        """
        self._to.send("DELETE", self._webhook(uuid))

    def create_secret(self, *, name: str, value: str, description: str) -> None:
        """Store a secret that webhooks use as `${user.NAME}`; its value is shown nowhere.

        Raises:
            NotSupported: if this broker has no secrets (PactFlow has).
        """
        address = self._to.relation("pb:secrets", "secrets (PactFlow does)")
        self._to.send("POST", address, {"name": name, "description": description, "value": value})

    def pact_badge_url(self, *, consumer: str, provider: str) -> str:
        """The badge of the latest pact between two pacticipants; nothing links to it."""
        pair = f"provider/{hal.segment(provider)}/consumer/{hal.segment(consumer)}"
        return self._to.below(f"/pacts/{pair}/latest/badge.svg")

    def can_i_deploy_badge_url(self, *, pacticipant: str, branch: str, environment: str) -> str:
        """The badge that says whether a branch's head may be deployed to an environment."""
        document = self._to.get(self._pacticipant(pacticipant))
        return self._to.linked(
            document,
            "pb:can-i-deploy-branch-to-environment-badge",
            "badges of can-i-deploy",
            branch=branch,
            environment=environment,
        )

    def can_i_merge_badge_url(self, *, pacticipant: str) -> str:
        """The badge that says whether the main branch fits everybody else's; nothing links to it."""
        return self._to.below(f"/pacticipants/{hal.segment(pacticipant)}/main-branch/can-i-merge/badge.svg")

    def estate(self, had: Had, on_progress: OnProgress | None = None) -> Iterator[Record]:
        """Everything that this broker keeps and shows, but for what was *had* before; lazily.

        What it hides is a Gap among the records. *on_progress* learns how much of how much is read.
        """
        from contracts.client.archive import reader  # noqa: PLC0415, a quarter of what the client takes to load

        return reader.read(self._to, had) if on_progress is None else reader.read(self._to, had, on_progress)

    def replay(self, records: Callable[[], Iterable[Record]], *, fire_webhooks: bool = False) -> Iterator[Done | Gap]:
        """Write an estate into this broker, through its public API; what became of each of its *records*, lazily.

        They are read twice. What is there stays, so that a second call goes on where one was interrupted.

        Raises:
            EstateError: if enabled webhooks of this broker would hear of it, unless *fire_webhooks*.
        """
        from contracts.client.archive import replay as estate_replay  # noqa: PLC0415, as above

        return estate_replay.replay(self, self._to, records, fire_webhooks=fire_webhooks)

    def _pacticipant(self, name: str) -> str:
        return self._to.relation("pb:pacticipant", "pacticipants", pacticipant=name)

    def _version(self, pacticipant: str, version: str) -> str:
        return self._to.relation("pb:pacticipant-version", "versions", pacticipant=pacticipant, version=version)

    def _unknown(self, pacticipant: str) -> str | None:
        """What to say where the broker does not know *pacticipant*; None where it does, or cannot be asked."""
        with contextlib.suppress(ClientError):
            existing = {each.name for each in self.pacticipants()}
            if pacticipant not in existing:
                return unknown_names.application(pacticipant, existing)
        return None

    def _webhook(self, uuid: str) -> str:
        return self._to.relation("pb:webhook", "webhooks", uuid=uuid)

    def _recording(self, relation: str, pacticipant: str, version: str, environment: str) -> str:
        try:
            document = self._to.get(self._version(pacticipant, version))
        except NotFound as error:
            raise NotFound(self._unknown(pacticipant) or unknown_names.version(version, pacticipant)) from error
        return self._to.address(navigation.entry(document, relation, environment, "recording deployments and releases"))

    def _environment(self, name: str) -> JsonObject:
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        href = navigation.entry(document, "pb:environments", name, "environments")
        return self._to.get(self._to.address(href))

    def _current(self, environment: str, relation: str, what: str, pacticipant: str | None) -> list[JsonObject]:
        address = self._to.linked(self._environment(environment), relation, "what is in place now")
        found = self._to.get(address if pacticipant is None else navigation.query(address, pacticipant=pacticipant))
        return hal.embedded(found, what)
