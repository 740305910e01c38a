"""Every path of the API, for the declaration of routes and for links.

A name may contain any character, even an encoded slash, so paths are matched encoded, and each `{parameter}` is one
whole segment. Source: Pact Broker protocol, routes and URL encoding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import quote, unquote


INDEX = "/"

PACTICIPANTS = "/pacticipants"
PACTICIPANTS_WITH_LABEL = "/pacticipants/label/{label}"
PACTICIPANT = "/pacticipants/{pacticipant}"
PACTICIPANT_LABEL = "/pacticipants/{pacticipant}/labels/{label}"
LABELS = "/labels"

VERSIONS = "/pacticipants/{pacticipant}/versions"
VERSION = "/pacticipants/{pacticipant}/versions/{version}"
LATEST_VERSION = "/pacticipants/{pacticipant}/latest-version"
LATEST_TAGGED_VERSION = "/pacticipants/{pacticipant}/latest-version/{tag}"
LATEST_BRANCH_VERSION = "/pacticipants/{pacticipant}/branches/{branch}/latest-version"
BRANCH_VERSIONS = "/pacticipants/{pacticipant}/branches/{branch}/versions"
TAG_VERSIONS = "/pacticipants/{pacticipant}/tags/{tag}/versions"
ENVIRONMENT_VERSIONS = "/pacticipants/{pacticipant}/environments/{environment}/versions"
VERSION_TAG = "/pacticipants/{pacticipant}/versions/{version}/tags/{tag}"

BRANCHES = "/pacticipants/{pacticipant}/branches"
BRANCH = "/pacticipants/{pacticipant}/branches/{branch}"
BRANCH_VERSION = "/pacticipants/{pacticipant}/branches/{branch}/versions/{version}"

ENVIRONMENTS = "/environments"
ENVIRONMENT = "/environments/{environment}"
CURRENTLY_DEPLOYED = "/environments/{environment}/deployed-versions/currently-deployed"
CURRENTLY_SUPPORTED = "/environments/{environment}/released-versions/currently-supported"
DEPLOYED_VERSION = "/deployed-versions/{uuid}"
RELEASED_VERSION = "/released-versions/{uuid}"
VERSION_DEPLOYMENTS = "/pacticipants/{pacticipant}/versions/{version}/deployed-versions/environment/{environment}"
VERSION_RELEASES = "/pacticipants/{pacticipant}/versions/{version}/released-versions/environment/{environment}"

PUBLISH_CONTRACTS = "/contracts/publish"

PACTS_LATEST = "/pacts/latest"
PROVIDER_PACTS = "/pacts/provider/{provider}"
PROVIDER_PACTS_TAG = "/pacts/provider/{provider}/tag/{tag}"
PROVIDER_PACTS_LATEST = "/pacts/provider/{provider}/latest"
PROVIDER_PACTS_LATEST_TAG = "/pacts/provider/{provider}/latest/{tag}"
PROVIDER_PACTS_MAIN_BRANCH = "/pacts/provider/{provider}/branch"
PROVIDER_PACTS_BRANCH = "/pacts/provider/{provider}/branch/{branch}"
PROVIDER_PACTS_LATEST_MAIN_BRANCH = "/pacts/provider/{provider}/branch/latest"
PROVIDER_PACTS_LATEST_BRANCH = "/pacts/provider/{provider}/branch/{branch}/latest"
PACTS_FOR_VERIFICATION = "/pacts/provider/{provider}/for-verification"
PROVIDER_STATES = "/pacts/provider/{provider}/provider-states"
PROVIDER_STATES_BRANCH = "/pacts/provider/{provider}/provider-states/branch/{branch}"
PROVIDER_STATES_ENVIRONMENT = "/pacts/provider/{provider}/provider-states/environment/{environment}"

PAIR = "/pacts/provider/{provider}/consumer/{consumer}"
PACT = PAIR + "/version/{version}"
PACT_PLURAL_ALIAS = PAIR + "/versions/{version}"
PACT_SINGULAR_ALIAS = "/pact/provider/{provider}/consumer/{consumer}/version/{version}"
PACT_LATEST_ALIAS = "/pact/provider/{provider}/consumer/{consumer}/latest"
PACT_ALL_VERSIONS = PAIR + "/versions"
PACT_TAG_VERSIONS = PAIR + "/tag/{tag}"
PACT_BRANCH_VERSIONS = PAIR + "/branch/{branch}"
PACT_MAIN_BRANCH_VERSIONS = PAIR + "/branch/versions"
PACT_MAIN_BRANCH_LATEST_VERSIONS = PAIR + "/branch/latest/versions"
PACT_BRANCH_LATEST_VERSIONS = PAIR + "/branch/{branch}/latest/versions"
PACT_BRANCH_LATEST = PAIR + "/branch/{branch}/latest"
PACT_LATEST = PAIR + "/latest"
PACT_LATEST_TAG = PAIR + "/latest/{tag}"
PACT_LATEST_UNTAGGED = PAIR + "/latest-untagged"
PACT_VERSION = PAIR + "/pact-version/{sha}"
PACT_VERSION_METADATA = PAIR + "/pact-version/{sha}/metadata/{metadata}"
PREVIOUS_DISTINCT = PACT + "/previous-distinct"
DIFF_PREVIOUS_DISTINCT = PACT + "/diff/previous-distinct"
DIFF_VERSION = PACT + "/diff/version/{other}"
DIFF_PACT_VERSION = PACT_VERSION + "/diff/pact-version/{pactVersion}"

RESULTS = PACT_VERSION + "/verification-results"
RESULTS_METADATA = PACT_VERSION_METADATA + "/verification-results"
RESULT = RESULTS + "/{number}"
RESULT_METADATA = RESULTS_METADATA + "/{number}"
RESULT_TRIGGERED_WEBHOOKS = RESULT + "/triggered-webhooks"
RESULT_METADATA_TRIGGERED_WEBHOOKS = RESULT_METADATA + "/triggered-webhooks"
PACT_RESULT_LATEST = PACT + "/verification-results/latest"
PACT_VERSION_RESULT_LATEST = RESULTS + "/latest"
LATEST_RESULT_LATEST = PACT_LATEST + "/verification-results/latest"
LATEST_TAG_RESULT_LATEST = PACT_LATEST_TAG + "/verification-results/latest"
CONSUMER_VERSION_RESULTS = "/verification-results/consumer/{consumer}/version/{version}/latest"

MATRIX = "/matrix"
MATRIX_PAIR = "/matrix/provider/{provider}/consumer/{consumer}"
CAN_I_DEPLOY = "/can-i-deploy"
CAN_I_DEPLOY_TAG = "/pacticipants/{pacticipant}/latest-version/{tag}/can-i-deploy/to/{to}"
CAN_I_DEPLOY_BRANCH = (
    "/pacticipants/{pacticipant}/branches/{branch}/latest-version/can-i-deploy/to-environment/{environment}"
)

PACT_BADGE = PACT_LATEST + "/badge"
PACT_TAG_BADGE = PACT_LATEST_TAG + "/badge"
PACT_UNTAGGED_BADGE = PACT_LATEST_UNTAGGED + "/badge"
MATRIX_BADGE = "/matrix/provider/{provider}/latest/{providerTag}/consumer/{consumer}/latest/{tag}/badge"
CAN_I_DEPLOY_TAG_BADGE = CAN_I_DEPLOY_TAG + "/badge"
CAN_I_DEPLOY_BRANCH_BADGE = CAN_I_DEPLOY_BRANCH + "/badge"
CAN_I_MERGE_BADGE = "/pacticipants/{pacticipant}/main-branch/can-i-merge/badge"

_BADGES = (
    PACT_BADGE,
    PACT_TAG_BADGE,
    PACT_UNTAGGED_BADGE,
    MATRIX_BADGE,
    CAN_I_DEPLOY_TAG_BADGE,
    CAN_I_DEPLOY_BRANCH_BADGE,
    CAN_I_MERGE_BADGE,
)

WEBHOOKS = "/webhooks"
WEBHOOK = "/webhooks/{uuid}"
WEBHOOKS_EXECUTE = "/webhooks/execute"
WEBHOOK_EXECUTE = "/webhooks/{uuid}/execute"
WEBHOOK_SIGNING_SECRET = "/webhooks/{uuid}/signing-secret"  # noqa: S105, a path
WEBHOOKS_PAIR = "/webhooks/provider/{provider}/consumer/{consumer}"
WEBHOOKS_PROVIDER = "/webhooks/provider/{provider}"
WEBHOOKS_CONSUMER = "/webhooks/consumer/{consumer}"
PACT_WEBHOOKS = PAIR + "/webhooks"
PACT_WEBHOOKS_STATUS = PAIR + "/webhooks/status"
PACT_TRIGGERED_WEBHOOKS = PACT + "/triggered-webhooks"
TRIGGERED_WEBHOOK_LOGS = "/triggered-webhooks/{uuid}/logs"
TRIGGERED_WEBHOOK_REPLAY = "/triggered-webhooks/{uuid}/replay"
WEBHOOK_DRY_RUN = WEBHOOK + "/dry-run"
WEBHOOK_DECISIONS = "/webhook-decisions"

VERIFICATION_JOBS = "/verification-jobs"
VERIFICATION_JOB = VERIFICATION_JOBS + "/{uuid}"
VERIFICATION_STARTED = "/pacts/provider/{provider}/verification-started"

SECRETS = "/secrets"
SECRET = "/secrets/{uuid}"  # noqa: S105, a path
TOKENS = "/tokens"
TOKEN = "/tokens/{uuid}"  # noqa: S105, a path
TOKEN_REGENERATE = "/tokens/{uuid}/regenerate"  # noqa: S105, a path

AUDIT = "/audit"

SETTINGS_TOKENS = "/settings/tokens"
SETTINGS_TOKEN_REGENERATE = "/settings/tokens/{uuid}/regenerate"  # noqa: S105, a path
SYSTEM_ACCOUNTS = "/admin/system-accounts"
SYSTEM_ACCOUNT = "/admin/system-accounts/{uuid}"
SYSTEM_ACCOUNT_TOKENS = "/admin/system-accounts/{uuid}/tokens"
ADMIN_USER = "/admin/users/{uuid}"
ADMIN_USER_ROLES = "/admin/users/{uuid}/roles"

INTEGRATIONS = "/integrations"
INTEGRATION = "/integrations/provider/{provider}/consumer/{consumer}"
DASHBOARD = "/dashboard"
DASHBOARD_PAIR = "/dashboard/provider/{provider}/consumer/{consumer}"
RELATIONSHIPS = "/relationships"
GROUP = "/groups/{pacticipant}"
NETWORK_SVG = "/ui/network.svg"

METRICS = "/metrics"
HEARTBEAT = "/diagnostic/status/heartbeat"
DEPENDENCIES = "/diagnostic/status/dependencies"
TEST_ERROR = "/test/error"

HAL_BROWSER = "/hal-browser/browser.html"
FORM = "/ui/requests"
APPLICATION_FORM = "/ui/application/form"
DEPLOYMENT_FORM = "/ui/deployment/form"
ENVIRONMENT_FORM = "/ui/environment/form"
SECRET_FORM = "/ui/secret/form"  # noqa: S105, a path
TOKEN_FORM = "/ui/token/form"  # noqa: S105, a path
STYLESHEET = "/ui/style.css"
SIGN_IN = "/ui/sign-in"
SIGN_IN_RETURN = "/ui/sign-in/return"
SIGN_IN_COMMAND = "/ui/sign-in/command"
SIGN_OUT = "/ui/sign-out"
SESSION_TOKENS = "/session-tokens"
ADMINISTRATION = "/ui/administration"
WEBHOOK_DRAFT = "/ui/webhook"
WEBHOOK_FORM = "/ui/webhook/form"
COMPARE = "/ui/compare/{pacticipant}/{version}/{other}"
RELATION = "/doc/{relation}"

_PARAMETER = re.compile(r"\{(\w+)\}")
_unreserved = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch


def parameters(template: str) -> tuple[str, ...]:
    """Return the names of the parameters of *template*, in order."""
    return tuple(_PARAMETER.findall(template))


def is_of(template: str, path: str) -> bool:
    """Return whether the encoded *path* matches *template*."""
    expected_segments, segments = template.split("/"), path.split("/")
    return len(expected_segments) == len(segments) and all(
        expected.startswith("{") or expected == segment
        for expected, segment in zip(expected_segments, segments, strict=True)
    )


def is_badge(path: str) -> bool:
    """Return whether the encoded *path*, with or without `.svg`, is that of a badge."""
    badge = path.rstrip("/").removesuffix(".svg")
    return badge.endswith("/badge") and any(is_of(each, badge) for each in _BADGES)


@lru_cache(maxsize=4_096)  # a large response repeats the names of applications and versions in each row
def encode(value: str) -> str:
    """Return *value* as one path segment, with all but unreserved characters percent-encoded."""
    return value if _unreserved(value) else quote(value, safe="")


def decode(segment: str) -> str:
    """Return the name of an encoded path *segment*; `+` stays a plus."""
    return unquote(segment)


def expand(template: str, **values: str) -> str:
    """Fill *template*, percent-encoding each value as one path segment; a parameter without a value stays."""
    texts = list(_pieces(template))
    for place in range(1, len(texts), 2):
        name = texts[place]
        texts[place] = encode(values[name]) if name in values else f"{{{name}}}"
    return "".join(texts)


@cache
def _pieces(template: str) -> tuple[str, ...]:
    """Return the parts of *template*: texts and names of parameters, alternating."""
    return tuple(_PARAMETER.split(template))


@dataclass(frozen=True, slots=True)
class Links:
    """Builds absolute links below a base URL, which has no trailing slash."""

    base: str

    def to(self, template: str, **values: str) -> str:
        """Return the URL of *template* with *values*; parameters without a value are left for the client."""
        return self.base + (expand(template, **values) if template != INDEX else "")
