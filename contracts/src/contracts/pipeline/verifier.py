"""The official verifier, driven: what it is told, and what it reads of its surroundings while it runs.

What its answer means is judged in `contracts.pipeline.verify`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, assert_never
from urllib.parse import urlsplit

from contracts.client import Broker, UsageError, front
from contracts.pipeline import states
from contracts.pipeline.sources import BrokerSource, Files, PactUrl


if TYPE_CHECKING:
    from collections.abc import Iterator

    from pact import Verifier

    from contracts.pipeline.sources import Source
    from contracts.pipeline.states import StateHandlers


_LOOPBACK = "127.0.0.1,localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """Where results are published, and under which version, branch and build."""

    broker: Broker
    version: str
    branch: str | None
    build_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What narrows a run down: regular expressions of descriptions and of provider states' names."""

    description: str | None = None
    state: str | None = None

    def __bool__(self) -> bool:
        return self.description is not None or self.state is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What the verifier answered, as pact-python's `Verifier.results`, and what it logged as *errors*."""

    outcome: dict[str, Any]
    errors: tuple[str, ...]


def run(
    provider: str,
    url: str,
    handlers: StateHandlers,
    *,
    source: Source,
    branch: str | None,
    publishing: Publishing | None,
    narrowed: Filter,
) -> Ran:
    """Run the official verifier against *provider* at *url*.

    Raises:
        UsageError: if pact-python is not installed.
    """
    with (
        _environment(),
        _no_commands(),
        _errors_logged() as errors,
        states.serve(handlers) as states_url,
        _fronted(source) as fronted,
    ):
        verifier = _verifier(provider, url, fronted, branch, publishing)
        if narrowed:
            verifier.filter(description=narrowed.description, state=narrowed.state)
        verifier.state_handler(states_url, teardown=True, body=True)
        with contextlib.suppress(RuntimeError):  # says only that it failed; the results say why
            verifier.verify()
        outcome, logged = _unfronted([verifier.results, errors], source, fronted)
        return Ran(outcome=outcome, errors=tuple(logged))


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """What the verifier reads from the environment, set right while it runs.

    Proxies are honoured for the loopback interface unless it is excepted, and usage data is sent
    unless this very value forbids it.
    """
    excepted = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    no_proxy = f"{excepted},{_LOOPBACK}" if excepted else _LOOPBACK
    wanted = {"NO_PROXY": no_proxy, "no_proxy": no_proxy, "PACT_DO_NOT_TRACK": "true"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _no_commands() -> Iterator[None]:
    """Keeps GitHub's runner from executing what the verifier prints: pacts are other people's texts."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        yield
        return
    token = secrets.token_hex()
    print(f"::stop-commands::{token}", flush=True)  # noqa: T201 - spoken to the runner
    try:
        yield
    finally:
        print(f"::{token}::", flush=True)  # noqa: T201 - spoken to the runner


@contextlib.contextmanager
def _errors_logged() -> Iterator[list[str]]:
    """Collects what the verifier logs as errors: the only place where it tells why publishing failed."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    logger = logging.getLogger("pact.ffi")
    collector = Collector(logging.ERROR)
    logger.addHandler(collector)
    try:
        yield lines
    finally:
        logger.removeHandler(collector)


@contextlib.contextmanager
def _fronted(source: Source) -> Iterator[Source]:
    """*source*, with a front in the place of its broker."""
    if isinstance(source, Files):
        yield source
        return
    with front.serve(source.broker) as url, Broker(url, **asdict(source.broker.credentials)) as broker:
        if isinstance(source, PactUrl):
            yield PactUrl(broker=broker, url=f"{url}{source.url.removeprefix(source.broker.base_url)}")
        else:
            yield replace(source, broker=broker)


def _unfronted(answer: Any, source: Source, fronted: Source) -> Any:  # noqa: ANN401 - any JSON
    """*answer* with the broker's own address where the verifier names that of the front, which nobody knows."""
    if isinstance(source, Files) or isinstance(fronted, Files):
        return answer
    own, other = (
        f"{url.scheme}://{url.netloc}" for url in map(urlsplit, (source.broker.base_url, fronted.broker.base_url))
    )
    return json.loads(json.dumps(answer).replace(other, own))


def _verifier(provider: str, url: str, source: Source, branch: str | None, publishing: Publishing | None) -> Verifier:
    """A verifier, to be used once: its servers cannot start a second time."""
    try:
        from pact import Verifier  # noqa: PLC0415 - 17 MB, and only who verifies has it installed
    except ImportError as error:
        msg = "To verify a provider pact-python is needed: in a clone, pip install './contracts[verify]'."
        raise UsageError(msg) from error
    # The name has to be the address's host, or the verifier refuses the address.
    verifier = Verifier(provider, host=urlsplit(url).hostname).add_transport(url=url)
    verifier.set_coloured_output(enabled=False)
    match source:
        case Files(paths=paths):
            for path in paths:
                verifier.add_source(path)
        case PactUrl(broker=broker, url=pact_url):
            verifier.add_source(pact_url, **_given(broker))
        case BrokerSource():
            _select(verifier, source, branch)
        case _:
            assert_never(source)
    if publishing is not None:
        # The branch is given here explicitly: in the other order of calls it would be lost.
        verifier.set_publish_options(publishing.version, url=publishing.build_url, branch=publishing.branch)
    return verifier


def _select(verifier: Verifier, source: BrokerSource, branch: str | None) -> None:
    url, credentials = source.broker.base_url, source.broker.credentials
    # Nothing is taken from the environment, which may hold other credentials than these.
    if credentials.token is None:
        builder = verifier.broker_source(
            url,
            username=credentials.username,
            password=credentials.password,
            selector=True,
            use_env=False,
        )
    else:
        builder = verifier.broker_source(url, token=credentials.token, selector=True, use_env=False)
    if branch is not None:
        builder.provider_branch(branch)
    if source.include_pending:
        builder.include_pending()
    if source.include_wip_since is not None:
        builder.include_wip_since(source.include_wip_since)
    for selector in source.selectors:
        builder.consumer_version(**selector.criteria())
    builder.build()


def _given(broker: Broker) -> dict[str, str]:
    credentials = broker.credentials
    if credentials.token is not None:
        return {"token": credentials.token}
    if credentials.username is not None:
        return {"username": credentials.username, "password": credentials.password or ""}
    return {}
