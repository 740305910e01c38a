"""`/ui/administration`: the pages for those who run the broker, under one entry of the navigation bar."""

from __future__ import annotations

from starlette.requests import Request

from contracts.broker import urls
from contracts.broker.ui.pages import Pages


PLACES = (
    (urls.TOKENS, "Tokens", "What programs present instead of a password: create, replace and revoke them."),
    (urls.AUDIT, "Audit log", "Every change and every refused request: who, what, when and where from."),
    (urls.SECRETS, "Secrets", "Values that webhooks use by name; no page shows them."),
    (urls.ENVIRONMENT_FORM, "New environment", "A place that applications are deployed to."),
    (urls.VERIFICATION_JOBS, "Verification jobs", "The verifications that are needed, and why some have no result."),
    (urls.METRICS, "Metrics", "How many objects of each kind the broker has; Prometheus reads the same."),
    (urls.DEPENDENCIES, "Health", "Whether the broker and its database work."),
)
"""The path, the name and the purpose of each page."""


def add(pages: Pages) -> None:
    """Add the page to *pages*."""

    @pages.page(urls.ADMINISTRATION)
    def show(_request: Request) -> str:
        return pages.render(
            "administration.html",
            section="administration",
            title="Administration",
            places=[(pages.base + path, name, purpose) for path, name, purpose in PLACES],
        )
