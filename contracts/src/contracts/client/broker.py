"""A typed client for any Pact Broker or PactFlow. Its methods are in `contracts.client.nouns`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from contracts.client import navigation, timeouts
from contracts.client.credentials import Credentials
from contracts.client.errors import UsageError
from contracts.client.nouns.audit import AuditMethods
from contracts.client.nouns.badges import BadgeMethods
from contracts.client.nouns.dashboard import DashboardMethods
from contracts.client.nouns.deliveries import DeliveryMethods
from contracts.client.nouns.diagnostics import DiagnosticMethods
from contracts.client.nouns.environments import EnvironmentMethods
from contracts.client.nouns.explanations import ExplanationMethods
from contracts.client.nouns.jobs import JobMethods
from contracts.client.nouns.pact_lists import PactListMethods
from contracts.client.nouns.pacts import PactMethods
from contracts.client.nouns.secrets import SecretMethods
from contracts.client.nouns.tokens import TokenMethods
from contracts.client.nouns.webhook_decisions import WebhookDecisionMethods
from contracts.client.nouns.webhooks import WebhookMethods
from contracts.client.timeouts import READ_TIMEOUT_SECONDS


if TYPE_CHECKING:
    from contracts.model.archive.records import Gap, Record


if TYPE_CHECKING:
    from contracts.client.archive.reader import OnProgress, Seen
    from contracts.client.archive.replay_steps import Done


class Broker(
    PactMethods,
    PactListMethods,
    EnvironmentMethods,
    WebhookMethods,
    DeliveryMethods,
    JobMethods,
    WebhookDecisionMethods,
    BadgeMethods,
    DashboardMethods,
    ExplanationMethods,
    TokenMethods,
    SecretMethods,
    AuditMethods,
    DiagnosticMethods,
):
    """The broker at *base_url*; a context manager that closes its connections.

    The base URL may have a path; credentials are sent only there. The index is fetched once, when it is needed.
    *ca_bundle* is a file of certificate authorities to trust. Requests to a broker that does not respond are repeated
    for *patience_seconds*, 30 by default. *headers* are added to every request; without *verify_tls* any certificate is
    accepted. Without credentials, a job on GitHub (*environ*) sends the token of its build if the broker asks for it.

    Every method raises ClientError (see `contracts.client.errors`). Unreachable, Refused and UnexpectedAnswer can
    always occur; the docstring of a method names the others.

    Raises:
        UsageError: if there are both a token and a user name, *base_url* is not a base URL, or *ca_bundle* not a file.
    """

    def __init__(  # noqa: PLR0913 - everything is given by name
        self,
        base_url: str,
        *,
        token: str | None = None,
        username: str | None = None,
        password: str | None = None,
        timeout_seconds: float = READ_TIMEOUT_SECONDS,
        ca_bundle: str | None = None,
        patience_seconds: float | None = None,
        verify_tls: bool = True,
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        if token is not None and (username is not None or password is not None):
            raise UsageError(
                "There are both a token and a user name or password for the broker. "
                "Set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD, and unset the other."
            )
        if password is not None and username is None:
            raise UsageError("There is a password for the broker, but no user name. Set PACT_BROKER_USERNAME.")
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
            verify_tls=verify_tls,
            headers=headers,
            environ=environ,
        )
        self.base_url = str(transport.place)
        self._to = navigation.Navigator(transport)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Return the broker of PACT_BROKER_BASE_URL, with PACT_BROKER_TOKEN or _USERNAME and _PASSWORD.

        Empty variables count as absent. SSL_CERT_FILE is used, as by the official clients.
        CONTRACTS_PATIENCE_SECONDS says how long requests are repeated while the broker does not respond.

        Raises:
            UsageError: if no base URL is set, credentials of both kinds are set, or the patience is not a number.
        """
        base_url = environ.get("PACT_BROKER_BASE_URL")
        if not base_url:
            raise UsageError("No broker is configured. Set PACT_BROKER_BASE_URL to its address.")
        return cls(
            base_url,
            token=environ.get("PACT_BROKER_TOKEN") or None,
            username=environ.get("PACT_BROKER_USERNAME") or None,
            password=environ.get("PACT_BROKER_PASSWORD") or None,
            ca_bundle=environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE") or None,
            patience_seconds=timeouts.patience(environ),
            environ=environ,
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
        """Close the connections."""
        self._to.close()

    def check(self) -> None:
        """Check that a Pact Broker responds at the base URL and accepts the credentials."""
        _ = self._to.index

    def headers(self) -> Mapping[str, str]:
        """Return the headers that come with the index: they have the broker's time, and its version."""
        return self._to.headers()

    def offers(self, relation: str) -> bool:
        """Whether this broker's index has *relation*, such as pb:secrets."""
        return self._to.offers(relation)

    def archive(self, seen: Seen, on_progress: OnProgress | None = None) -> Iterator[Record]:
        """Everything that this broker keeps and shows, except what was *seen* before; lazily.

        What it hides is a Gap among the records. *on_progress* learns how much of how much is read.
        """
        from contracts.client.archive import reader  # noqa: PLC0415, a quarter of what the client takes to load

        return reader.read(self._to, seen) if on_progress is None else reader.read(self._to, seen, on_progress)

    def replay(self, records: Callable[[], Iterable[Record]], *, fire_webhooks: bool = False) -> Iterator[Done | Gap]:
        """Write an archive into this broker, through its public API; what became of each of its *records*, lazily.

        They are read twice. What is there stays, so that a second call goes on where one was interrupted.

        Raises:
            ArchiveError: if enabled webhooks of this broker would hear of it, unless *fire_webhooks*.
        """
        from contracts.client.archive import replay as archive_replay  # noqa: PLC0415, as above

        return archive_replay.replay(self, self._to, records, fire_webhooks=fire_webhooks)
