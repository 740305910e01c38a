"""The configured broker: its address, the credentials and what they permit, its features and its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from contracts.client import Broker, ClientError, Conflict, Invalid, NotFound, NotSupported, Refused, sign_ins
from contracts.client.sign_ins import SavedSignIn
from contracts.doctor.findings import Finding, ok, problem, warning
from contracts.doctor.surroundings import Surroundings


_AREA: Final = "broker"
_CREDENTIALS = ("PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD")
_LARGEST_DIFFERENCE_SECONDS = 60
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
FEATURES = {
    "pb:publish-contracts": "publishing several contracts in one request",
    "pb:provider-pacts-for-verification": "selecting pacts for verification",
    "pb:can-i-deploy-pacticipant-version-to-environment": "can-i-deploy to an environment",
    "pb:environments": "environments",
    "pb:webhooks": "webhooks",
}
"""The links of the index that the commands need, and what for."""


@contextmanager
def connected(surroundings: Surroundings) -> Iterator[tuple[Broker | None, list[Finding]]]:
    """Provide the broker and what is to say of it; None if it cannot be used, and then a finding says why."""
    if not surroundings.environ.get("PACT_BROKER_BASE_URL"):
        yield (
            None,
            [
                warning(
                    _AREA,
                    "No broker is configured.",
                    "export PACT_BROKER_BASE_URL=https://…; to try one here: contracts broker",
                )
            ],
        )
        return
    environ, saved = _with_sign_in(surroundings.environ)
    if saved is not None and saved.has_expired(datetime.now(UTC)):
        yield None, [problem(_AREA, f"Your sign-in to {saved.base_url} has expired.", "contracts login")]
        return
    try:
        broker = Broker.from_environment({"CONTRACTS_PATIENCE_SECONDS": "0", **environ})
    except ClientError as error:
        yield None, [problem(_AREA, str(error), "Correct the PACT_BROKER_* variables.")]
        return
    with broker:
        try:
            broker.check()
        except ClientError as error:
            yield None, [problem(_AREA, str(error), _fix_for(error))]
            return
        signed_in = [] if saved is None else [ok(_AREA, f"You are signed in as {saved.name} until {saved.expires_at}.")]
        yield broker, [*signed_in, *_about(broker, [each.name for each in surroundings.applications])]


def _with_sign_in(environ: Mapping[str, str]) -> tuple[Mapping[str, str], SavedSignIn | None]:
    """Return *environ* with the token of `contracts login` if it has no other credentials, as commands use it."""
    if any(environ.get(name) for name in _CREDENTIALS):
        return environ, None
    if (saved := sign_ins.load(environ["PACT_BROKER_BASE_URL"], environ)) is None:
        return environ, None
    return {**environ, "PACT_BROKER_TOKEN": saved.token}, saved


def _fix_for(error: ClientError) -> str:
    if isinstance(error, Refused):
        return "contracts login, or set PACT_BROKER_TOKEN, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD."
    return "Correct PACT_BROKER_BASE_URL, or start the broker."


def _about(broker: Broker, names: Sequence[str]) -> Iterator[Finding]:
    yield from _address(broker)
    yield from _clock(broker)
    yield from _backup(broker)
    missing = [what for relation, what in FEATURES.items() if not broker.offers(relation)]
    for what in missing:
        yield problem(_AREA, f"The broker does not offer {what}.", "Use a newer version of the broker.")
    if "publishing several contracts in one request" not in missing:
        yield from _permissions(broker, names)


def _address(broker: Broker) -> Iterator[Finding]:
    place = urlsplit(broker.base_url)
    if place.scheme == "http" and place.hostname not in _LOOPBACK and broker.credentials.header():
        yield warning(
            _AREA,
            f"{broker.base_url} is not encrypted, so anyone on the way can read the credentials.",
            "Use https://…",
        )


def _clock(broker: Broker) -> Iterator[Finding]:
    """Compare the clocks, by the Date of a response; and name the broker's version, which it sends as well."""
    headers = broker.headers()
    version = headers.get("X-Pact-Broker-Version")
    yield ok(_AREA, f"{broker.base_url} answers{f' (version {version})' if version else ''}.")
    try:
        sent = parsedate_to_datetime(headers.get("Date", ""))
    except ValueError:
        return
    difference = abs((datetime.now(UTC) - sent).total_seconds())
    if difference > _LARGEST_DIFFERENCE_SECONDS:
        yield problem(
            _AREA,
            f"The clocks of this machine and the broker differ by {difference:.0f} seconds.",
            "Synchronise both clocks (NTP): work in progress and deployments are selected by time.",
        )


def _backup(broker: Broker) -> Iterator[Finding]:
    """Report the scheduled backups, if the broker makes some and says so."""
    try:
        state = broker.backup_state()
    except ClientError:  # another broker, or one that switched this off
        return
    if state is None:
        return
    since = state.last_success_at or "never"
    if state.problem is not None:
        yield problem(
            _AREA,
            f"{state.problem}. The last verified backup: {since}.",
            "See the broker's log, correct the cause, and make one now: contracts backup FILE",
        )
    elif state.last_success_at is not None:
        yield ok(_AREA, f"The last scheduled backup was made and verified at {since}.")


def _permissions(broker: Broker, names: Sequence[str]) -> Iterator[Finding]:
    """Try to publish nothing as each of *names*: a broker calls a permitted request invalid, and refuses another."""
    refused = [name for name in names or [""] if not _may_publish(broker, name)]
    if not refused:
        yield ok(_AREA, "These credentials may read and write.")
        return
    yield problem(
        _AREA,
        f"These credentials may read, but not publish{' as ' if names else ''}{', '.join(refused)}.",
        "Set the credentials of an account that may write, or such a token, in the pipelines at least.",
    )


def _may_publish(broker: Broker, name: str) -> bool:
    try:
        broker.publish_contracts(pacticipant=name, version="", contracts=())
    except Refused:
        return False
    except (Invalid, Conflict, NotFound, NotSupported):
        pass
    return True
