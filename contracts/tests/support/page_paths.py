"""A path of each kind of page, on the shop's data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


PAGES = {
    "overview": "/",
    "failed": "/?state=failed",
    "application": "/pacticipants/catalogue",
    "version": "/pacticipants/web-shop/versions/1.8.0",
    "contract": "/pacts/provider/catalogue/consumer/web-shop/version/1.8.0",
    "failing-contract": "/pacts/provider/catalogue/consumer/mobile-app/latest",
    "changes": "/pacts/provider/catalogue/consumer/mobile-app/version/5.3.0/diff/previous-distinct",
    "message-contract": "/pacts/provider/orders/consumer/mailer/latest",
    "result": "/pacts/provider/catalogue/consumer/mobile-app/latest/verification-results/latest",
    "matrix-of-any-versions": "/matrix?q[][pacticipant]=web-shop&q[][pacticipant]=catalogue&q[][mainBranch]=true",
    "comparison": "/ui/compare/mobile-app/5.2.0/5.3.0",
    "matrix": "/matrix/provider/catalogue/consumer/mobile-app",
    "can-i-deploy": "/can-i-deploy?pacticipant=mobile-app&version=5.3.0&environment=production",
    "can-i-deploy-form": "/can-i-deploy",
    "jobs": "/verification-jobs",
    "versions": "/pacticipants/web-shop/branches/main/versions",
    "webhooks": "/webhooks",
    "webhook-draft": "/ui/webhook?service=github&target=shop/catalogue&provider=catalogue&branches=main",
    "deletion": "/ui/requests?method=DELETE&path=/pacticipants/catalogue",
    "change": "/ui/requests?method=PUT&path=/pacticipants/catalogue",
    "environments": "/environments",
    "environment-form": "/ui/environment/form",
    "application-form": "/ui/application/form?application=catalogue",
    "administration": "/ui/administration",
    "audit-log": "/audit?name=mailer",
    "tokens": "/tokens",
    "token-form": "/ui/token/form",
    "secrets": "/secrets",
    "secret-form": "/ui/secret/form",
    "network": "/relationships",
    "network-around": "/groups/catalogue",
    "document": "/pacticipants",
    "operations": "/openapi.json",
    "api-browser": "/hal-browser/browser.html",
}


def with_uuids(read: Callable[[str], Any]) -> dict[str, str]:
    """Return PAGES and those whose paths have a uuid; *read* returns the document at a path or URL."""
    (webhook,) = read("/webhooks")["_links"]["pb:webhooks"][:1]
    jobs = read("/verification-jobs")["_embedded"]["verificationJobs"]
    job = next(each for each in jobs if "pb:logs" in each["_links"])
    pages = {
        "webhook": webhook["href"],
        "delivery": job["_links"]["pb:logs"]["href"],
        "job": job["_links"]["self"]["href"],
    }
    uuid = webhook["href"].rpartition("/")[2]
    paths = {name: urlsplit(address).path for name, address in pages.items()}
    return PAGES | paths | {"webhook-form": f"/ui/webhook/form?webhook={uuid}"}
