"""A path of each kind of page, on the shop's data."""

from __future__ import annotations


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
    "webhooks": "/webhooks",
    "webhook-draft": "/ui/webhook?service=github&target=shop/catalogue&provider=catalogue&branches=main",
    "deletion": "/ui/requests?method=DELETE&path=/pacticipants/catalogue",
    "change": "/ui/requests?method=PUT&path=/pacticipants/catalogue",
    "environments": "/environments",
    "audit-log": "/audit",
    "network": "/relationships",
    "network-around": "/groups/catalogue",
    "document": "/pacticipants",
    "api-browser": "/hal-browser/browser.html",
}
