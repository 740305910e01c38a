"""The composition root: the only module that knows every part."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from contracts.broker import ui
from contracts.broker.actions import reseal
from contracts.broker.api import (
    audit,
    badges,
    branches,
    contracts,
    dashboard,
    deployed_versions,
    diagnostics,
    diffs,
    environments,
    errors,
    index,
    integrations,
    jobs,
    labels,
    matrix,
    metrics,
    network,
    openapi,
    pact_lists,
    pacticipants,
    pacts,
    pacts_for_verification,
    provider_pacts,
    provider_states,
    released_versions,
    secrets,
    session_tokens,
    settings_tokens,
    system_accounts,
    tags,
    tokens,
    triggered_webhooks,
    verification_results,
    versions,
    webhook_decisions,
    webhook_execution,
    webhook_signing,
    webhooks,
)
from contracts.broker.api.access import BasicAuth
from contracts.broker.api.access_log import AccessLog
from contracts.broker.api.paths import RawPaths
from contracts.broker.api.refused_requests import RefusedRequests
from contracts.broker.api.request_ids import RequestIds
from contracts.broker.api.request_rates import Rates, RequestRates
from contracts.broker.api.request_traces import RequestTraces
from contracts.broker.api.resources import Resources
from contracts.broker.api.security_headers import SecurityHeaders
from contracts.broker.api.sites import KnownSites
from contracts.broker.api.trusted_proxies import TrustedProxies
from contracts.broker.runtime import Runtime
from contracts.broker.serving.audit_keeper import AuditKeeper
from contracts.broker.serving.backups import Backups
from contracts.broker.serving.cleaner import Cleaning
from contracts.broker.settings import Settings
from contracts.broker.store import migrations
from contracts.broker.store.database import Database
from contracts.broker.ui.dispatch import ForPeople
from contracts.broker.ui.refusals import Refusals
from contracts.broker.webhooks.worker import Worker
from contracts.model.errors import Unavailable


if TYPE_CHECKING:
    from contracts.broker.api.people import People
    from contracts.broker.api.sessions import Sessions

log = logging.getLogger(__name__)


# the API's routes; a literal path comes before a parameter that could match it
ROUTES: tuple[Resources, ...] = (
    index.routes,
    diagnostics.routes,
    environments.routes,
    pacticipants.routes,
    labels.routes,
    versions.routes,
    tags.routes,
    branches.routes,
    deployed_versions.routes,
    released_versions.routes,
    contracts.routes,
    badges.routes,
    provider_pacts.routes,
    pact_lists.routes,
    pacts.routes,
    diffs.routes,
    provider_states.routes,
    integrations.routes,
    dashboard.routes,
    network.routes,
    metrics.routes,
    pacts_for_verification.routes,
    verification_results.routes,
    matrix.routes,
    webhook_execution.routes,
    webhook_signing.routes,
    webhooks.routes,
    triggered_webhooks.routes,
    webhook_decisions.routes,
    jobs.routes,
    tokens.routes,
    secrets.routes,
    audit.routes,
    session_tokens.routes,
    settings_tokens.routes,
    system_accounts.routes,
)


@contextmanager
def connected(settings: Settings, *, must_exist: bool = False) -> Iterator[Runtime]:
    """Return a broker over the database of *settings*, which is upgraded; nothing runs in the background.

    A missing database is created, unless it *must_exist*.

    Raises:
        DatabaseError: if the database cannot be opened, or is damaged.
        ForeignDatabase: if its tables are not those of this broker.
    """
    database = Database(
        settings.database_url,
        max_connections=settings.connections_of_each_process,
        pool_timeout_seconds=settings.database_pool_timeout,
        statement_timeout_seconds=settings.database_statement_timeout,
        prepared_statements=settings.database_prepared_statements,
    )
    try:
        if must_exist:
            migrations.require(database)
        migrations.prepare(
            database, migrate=settings.auto_migrate_db, connect_max_retries=settings.database_connect_max_retries
        )
        migrations.require_undamaged(database)
        try:
            database.optimise()
        except Unavailable as error:  # a full disk, or a read-only file: reads still work
            log.warning("The statistics of the database were not renewed: %s", error.reason)
        yield Runtime(settings=settings, database=database)
    finally:
        database.dispose()


@contextmanager
def opened(settings: Settings) -> Iterator[Runtime]:
    """Return a broker as `connected` does, which also delivers webhooks; it cleans and makes backups if configured.

    Raises:
        Locked: also if the keys in the settings cannot be used.
    """
    with connected(settings) as runtime:
        runtime.vault.require()
        reseal.at_start(runtime)
        worker, cleaning, keeper, backups = Worker(runtime), Cleaning(runtime), AuditKeeper(runtime), Backups(runtime)
        runtime.wake_delivery = worker.wake
        worker.start()
        cleaning.start()
        keeper.start()
        backups.start()
        try:
            yield runtime
        finally:
            backups.stop()
            cleaning.stop()
            worker.stop()
            keeper.stop()


def create_app(runtime: Runtime) -> Starlette:
    """Assemble the API and the pages over *runtime*."""
    app = Starlette()
    errors.install(app, runtime.settings.base_url, runtime.outages)
    for routes in ROUTES:
        if routes is diagnostics.routes and not runtime.settings.enable_diagnostic_endpoints:
            continue
        app.router.routes.extend(routes.bound(runtime))
    release = version("pact-contracts")
    app.router.routes.append(openapi.route(app.router.routes, release))
    app.router.routes.extend(_options(app.router.routes))
    sessions, people = _people(runtime)
    app.state.sessions = sessions
    pages = ui.all_pages(runtime, sessions)
    app.add_middleware(ForPeople, pages=pages, routes=app.router.routes, base_url=runtime.settings.base_url)
    app.add_middleware(errors.Unexpected)
    app.add_middleware(RawPaths, version=release, routes=app.router.routes)
    rates = Rates(runtime.settings)
    app.add_middleware(RequestRates, rates=rates)
    app.add_middleware(
        BasicAuth,
        settings=runtime.settings,
        bearers=runtime.bearers,
        build_tokens=runtime.build_tokens,
        people=people,
        rates=rates,
    )
    app.add_middleware(Refusals, pages=pages)
    app.add_middleware(KnownSites, settings=runtime.settings)
    everything = [*app.router.routes, *pages.router.routes]
    app.add_middleware(RefusedRequests, runtime=runtime, routes=everything)
    if runtime.settings.access_log:
        app.add_middleware(AccessLog)
    if runtime.traces is not None:
        app.add_middleware(RequestTraces, spans=runtime.traces, routes=everything)
    app.add_middleware(errors.Unexpected)
    app.add_middleware(SecurityHeaders, settings=runtime.settings)
    app.add_middleware(RequestIds)
    app.add_middleware(TrustedProxies, settings=runtime.settings)
    return app


def _people(runtime: Runtime) -> tuple[Sessions | None, People | None]:
    """Return the sessions of people, and the door for them, if they can sign in."""
    if not runtime.settings.sign_in_issuer:
        return None, None
    from contracts.broker.api.people import People  # noqa: PLC0415, loads libraries that most brokers do not need
    from contracts.broker.api.sessions import Sessions  # noqa: PLC0415

    sessions = Sessions(runtime)
    return sessions, People(runtime.settings, sessions)


def _options(routes: Iterable[BaseRoute]) -> list[Route]:
    """Return a route for each resource that responds to OPTIONS with its methods."""

    def options(request: Request) -> Response:
        return Response(headers={"Access-Control-Allow-Methods": ", ".join(errors.allowed(request))})

    paths = dict.fromkeys(each.path for each in routes if isinstance(each, Route))
    return [Route(path, options, methods=["OPTIONS"]) for path in paths]
