"""What the screenshots show: brokers in several states, and a path of each page or the steps that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import requests
from page_paths import with_uuids
from playwright.sync_api import Page
from providers import Provider, serving_people
from shops import Shop

from contracts.broker.grants import GRANTS
from contracts.testing.brokers import running_broker


_PAIR = "/pacts/provider/catalogue/consumer/web-shop"
VARIANTS = {
    "overview-nothing-matches": "/?q=warehouse",
    "overview-by-label": "/?group=label",
    "overview-in-environment": "/?environment=production",
    "application-consumer": "/pacticipants/web-shop",
    "versions-with-tag": "/pacticipants/orders/tags/release/versions",
    "contract-unverified": "/pacts/provider/payments/consumer/checkout/latest",
    "changes-none": f"{_PAIR}/version/1.8.0/diff/previous-distinct",
    "result-verified": f"{_PAIR}/version/1.8.0/verification-results/latest",
    "matrix-form": "/matrix",
    "can-i-deploy-yes": "/can-i-deploy?pacticipant=web-shop&version=1.8.0&environment=production",
    "can-i-deploy-unverified": "/can-i-deploy?pacticipant=checkout&branch=main&environment=production",
    "can-i-deploy-unknown": "/can-i-deploy?pacticipant=web-shop&version=99&environment=production",
    "jobs-done": "/verification-jobs?state=done",
    "webhook-new": "/ui/webhook",
    "webhook-form-new": "/ui/webhook/form",
    "environment-form": "/ui/requests?method=POST&path=/environments",
    "api-relation": "/doc/latest-pact-versions",
    "metrics": "/metrics",
    "health": "/diagnostic/status/dependencies",
    "error-404": "/pacticipants/warehouse",
    "error-404-path": "/nowhere",
}
"""Further states of pages, and pages of errors, on the shop's data."""
EMPTY = {
    "empty-overview": "/",
    "empty-environments": "/environments",
    "empty-network": "/relationships",
    "empty-can-i-deploy": "/can-i-deploy",
    "empty-matrix": "/matrix",
    "empty-webhooks": "/webhooks",
    "empty-jobs": "/verification-jobs",
}
_PRINTED = ("overview", "result", "contract", "can-i-deploy")
_ACCOUNT = ("pipeline", "of the screenshots")
_GRANTED = GRANTS.read(
    '{"platform": [{"role": "admin"}], "shop": [{"role": "publish", "names": ["web-shop"]}], "*": [{"role": "read"}]}'
)
View = str | Callable[[Page], object]
"""A path, or the steps that lead to a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Views by name, of the broker at *base_url*; *enter* is done first in each tab."""

    base_url: str
    views: dict[str, View]
    enter: Callable[[Page], object] = lambda _: None


@contextmanager
def shop() -> Iterator[Scene]:
    """Serve a broker with the shop's contracts that everyone may use."""
    with running_broker() as running:
        opened = Shop(running.base_url)
        opened.open()
        pages = with_uuids(opened.read)
        printed = {
            f"print-{name}": partial(_print, path=pages[name]) for name in ("result", "contract", "can-i-deploy")
        }
        yield Scene(base_url=running.base_url, views={**pages, **VARIANTS, **printed})


@contextmanager
def empty() -> Iterator[Scene]:
    """Serve a broker without any data."""
    with running_broker() as running:
        yield Scene(base_url=running.base_url, views=dict(EMPTY))


@contextmanager
def people() -> Iterator[list[Scene]]:
    """Serve the shop's broker where people sign in: an administrator, a reader, and somebody without a session."""
    with ExitStack() as stack:
        provider = stack.enter_context(Provider())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        base_url = stack.enter_context(
            serving_people(
                lambda _: provider.url,
                f"sqlite:///{folder / 'broker.sqlite3'}",
                sign_in_permissions=_GRANTED,
                basic_auth_username=_ACCOUNT[0],
                basic_auth_password=_ACCOUNT[1],
                webhook_scheme_whitelist=("https", "http"),
            )
        )
        session = requests.Session()
        session.auth = _ACCOUNT
        opened = Shop(base_url, partial(session.request, timeout=60))
        opened.open(webhooks=False)
        opened.configure()
        yield [
            Scene(base_url=base_url, views=views, enter=partial(_sign_in, provider=provider, name=name, group=group))
            for name, group, views in (("Lin Chen", "platform", _ADMINISTRATOR), ("Sam Roy", "all", _READER))
        ] + [Scene(base_url=base_url, views=_NOBODY)]


def _sign_in(page: Page, *, provider: Provider, name: str, group: str) -> None:
    begun = page.request.get("/ui/sign-in", max_redirects=0)
    answer = provider.sign_in(begun.headers["location"], sub=name, name=name, groups=[group])
    page.goto(f"/ui/sign-in/return?{urlencode(answer)}")


def _create_token(page: Page) -> None:
    page.goto("/ui/token/form")
    page.get_by_label("What it is for").fill("the pipeline of web-shop")
    page.locator("main form button").last.click()


def _refuse_deletion(page: Page) -> None:
    page.goto("/ui/requests?method=DELETE&path=/pacticipants/catalogue")
    page.get_by_role("button", name="Delete").click()


def _expired_token(page: Page) -> None:
    page.set_extra_http_headers({"Authorization": "Bearer contracts_expired"})
    page.goto("/")


def _print(page: Page, *, path: str) -> None:
    page.goto(path)
    page.emulate_media(media="print")


_COMMAND = f"/ui/sign-in/command?port=49152&state={'s' * 43}&challenge={'c' * 43}"
_ADMINISTRATOR: dict[str, View] = {
    "people-overview": "/",
    "people-administration": "/ui/administration",
    "people-audit-log": "/audit",
    "people-tokens": "/tokens",
    "people-secrets": "/secrets",
    "token-created": _create_token,
    "sign-in-command": _COMMAND,
}
_READER: dict[str, View] = {
    "reader-overview": "/",
    "reader-tokens": "/tokens",
    "sign-in-command-expired": "/ui/sign-in/command?port=0",
    "reader-deletion": _refuse_deletion,
    "error-403": "/audit",
    "reader-webhook-form": "/ui/webhook/form",
}
_NOBODY: dict[str, View] = {
    "sign-in-failed": "/ui/sign-in/return?state=unknown",
    "signed-out": "/ui/sign-out",
    "error-401": _expired_token,
}


@contextmanager
def every() -> Iterator[list[Scene]]:
    """Serve all of them at once."""
    with shop() as open_shop, empty() as nothing, people() as groups:
        yield [open_shop, nothing, *groups]
