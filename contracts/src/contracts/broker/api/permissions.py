"""Which permission each change needs. An account without it gets a 403 that names it.

The table has every route that changes something; a route that it lacks needs *admin*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from starlette.types import Scope

from contracts.broker import urls
from contracts.broker.api.calls import Call
from contracts.broker.store import deployments, environments, releases
from contracts.model.errors import Forbidden, Invalid, NotFound
from contracts.model.permissions import ADMIN, WEBHOOKS, Identity, Permission, deploy, publish


IDENTITY = "contracts.identity"
"""The key of a scope for the `Identity` that sends the request; without it everything is permitted."""

Needs = Callable[[Call, Mapping[str, str]], Iterable[Permission]]


def _admin(_call: Call, _parameters: Mapping[str, str]) -> list[Permission]:
    return [ADMIN]


def _own_tokens(call: Call, _parameters: Mapping[str, str]) -> list[Permission]:
    """Nothing for a person, whom the handler limits to their own tokens; a token creates no others."""
    identity: Identity = call.request.scope[IDENTITY]
    return [] if identity.is_person else [ADMIN]


def _own_token(call: Call, parameters: Mapping[str, str]) -> list[Permission]:
    """As for the other tokens; each token may also show and revoke itself."""
    identity: Identity = call.request.scope[IDENTITY]
    return [] if identity.subject == f"token:{parameters['uuid']}" else _own_tokens(call, parameters)


def _nothing(_call: Call, _parameters: Mapping[str, str]) -> list[Permission]:
    """Nothing: the handler checks what the body presents."""
    return []


def _webhooks(_call: Call, _parameters: Mapping[str, str]) -> list[Permission]:
    return [WEBHOOKS]


def _as(parameter: str) -> Needs:
    """The application in the path may publish."""
    return lambda _, parameters: [publish(parameters[parameter])]


def _named_in_body(field: str) -> Needs:
    """The application in the body may publish; a body without it is an error of the handler."""

    def needs(call: Call, _parameters: Mapping[str, str]) -> list[Permission]:
        try:
            name = call.json_object().get(field)
        except Invalid:
            name = None
        return [publish(name)] if isinstance(name, str) else [ADMIN]

    return needs


def _to_environment(call: Call, parameters: Mapping[str, str]) -> list[Permission]:
    with call.runtime.database.reading() as connection:
        try:
            environment = environments.find(connection, parameters["environment"]).name
        except NotFound:
            return [publish(parameters["pacticipant"])]  # the handler says that it does not exist
    return [publish(parameters["pacticipant"]), deploy(environment)]


def _to_namesake(call: Call, parameters: Mapping[str, str]) -> list[Permission]:
    """For a tag: to publish, and to deploy where the tag deploys the version, as to an environment with its name."""
    tag, needs = parameters["tag"], [publish(parameters["pacticipant"])]
    if not call.runtime.settings.create_deployed_versions_for_tags:
        return needs
    with call.runtime.database.reading() as connection:
        deploys = environments.get_by_name(connection, tag) is not None
    return [*needs, deploy(tag)] if deploys else needs


def _of_deployment(call: Call, parameters: Mapping[str, str]) -> list[Permission]:
    with call.runtime.database.reading() as connection:
        deployed = deployments.find(connection, parameters["uuid"])
    return [publish(deployed.pacticipant), deploy(deployed.environment.name)]


def _of_release(call: Call, parameters: Mapping[str, str]) -> list[Permission]:
    with call.runtime.database.reading() as connection:
        released = releases.find(connection, parameters["uuid"])
    return [publish(released.pacticipant), deploy(released.environment.name)]


_PACT = (urls.PACT, urls.PACT_PLURAL_ALIAS, urls.PACT_SINGULAR_ALIAS)
_OF_PARTIES = (urls.WEBHOOKS_PAIR, urls.PACT_WEBHOOKS, urls.WEBHOOKS_PROVIDER, urls.WEBHOOKS_CONSUMER)

NEEDS: Mapping[tuple[str, str], Needs] = {
    ("POST", urls.PACTICIPANTS): _named_in_body("name"),
    ("PUT", urls.PACTICIPANT): _as("pacticipant"),
    ("PATCH", urls.PACTICIPANT): _as("pacticipant"),
    ("DELETE", urls.PACTICIPANT): _admin,
    ("PUT", urls.PACTICIPANT_LABEL): _as("pacticipant"),
    ("DELETE", urls.PACTICIPANT_LABEL): _as("pacticipant"),
    ("PUT", urls.VERSION): _as("pacticipant"),
    ("PATCH", urls.VERSION): _as("pacticipant"),
    ("DELETE", urls.VERSION): _admin,
    ("PUT", urls.VERSION_TAG): _to_namesake,
    ("DELETE", urls.VERSION_TAG): _as("pacticipant"),
    ("DELETE", urls.BRANCHES): _as("pacticipant"),
    ("DELETE", urls.BRANCH): _as("pacticipant"),
    ("PUT", urls.BRANCH_VERSION): _as("pacticipant"),
    ("DELETE", urls.BRANCH_VERSION): _as("pacticipant"),
    ("POST", urls.PUBLISH_CONTRACTS): _named_in_body("pacticipantName"),
    **dict.fromkeys((("PUT", path) for path in _PACT), _as("consumer")),
    **dict.fromkeys((("PATCH", path) for path in _PACT), _as("consumer")),
    **dict.fromkeys((("DELETE", path) for path in _PACT), _admin),
    ("DELETE", urls.PACT_ALL_VERSIONS): _admin,
    ("DELETE", urls.PACT_TAG_VERSIONS): _admin,
    ("DELETE", urls.PACT_MAIN_BRANCH_VERSIONS): _admin,
    ("DELETE", urls.PACT_MAIN_BRANCH_LATEST_VERSIONS): _admin,
    ("DELETE", urls.PACT_BRANCH_LATEST_VERSIONS): _admin,
    ("DELETE", urls.PACT_BRANCH_VERSIONS): _admin,
    ("DELETE", urls.INTEGRATIONS): _admin,
    ("DELETE", urls.INTEGRATION): _admin,
    ("POST", urls.RESULTS): _as("provider"),
    ("POST", urls.RESULTS_METADATA): _as("provider"),
    ("DELETE", urls.RESULT): _admin,
    ("DELETE", urls.RESULT_METADATA): _admin,
    ("POST", urls.VERIFICATION_STARTED): _as("provider"),
    ("POST", urls.VERSION_DEPLOYMENTS): _to_environment,
    ("POST", urls.VERSION_RELEASES): _to_environment,
    ("PATCH", urls.DEPLOYED_VERSION): _of_deployment,
    ("PATCH", urls.RELEASED_VERSION): _of_release,
    ("POST", urls.ENVIRONMENTS): _admin,
    ("PUT", urls.ENVIRONMENT): _admin,
    ("DELETE", urls.ENVIRONMENT): _admin,
    **dict.fromkeys((("POST", path) for path in _OF_PARTIES), _webhooks),
    ("POST", urls.WEBHOOKS): _webhooks,
    ("PUT", urls.WEBHOOK): _webhooks,
    ("DELETE", urls.WEBHOOK): _webhooks,
    ("POST", urls.WEBHOOKS_EXECUTE): _webhooks,
    ("POST", urls.WEBHOOK_EXECUTE): _webhooks,
    ("POST", urls.WEBHOOK_SIGNING_SECRET): _webhooks,
    ("DELETE", urls.WEBHOOK_SIGNING_SECRET): _webhooks,
    ("POST", urls.TRIGGERED_WEBHOOK_REPLAY): _webhooks,
    ("POST", urls.VERIFICATION_JOB): _webhooks,
    ("GET", urls.SECRETS): _webhooks,
    ("POST", urls.SECRETS): _webhooks,
    ("GET", urls.SECRET): _webhooks,
    ("PUT", urls.SECRET): _webhooks,
    ("DELETE", urls.SECRET): _webhooks,
    ("GET", urls.AUDIT): _admin,
    ("GET", urls.TOKENS): _own_tokens,
    ("POST", urls.TOKENS): _own_tokens,
    ("GET", urls.TOKEN): _own_token,
    ("DELETE", urls.TOKEN): _own_token,
    ("POST", urls.TOKEN_REGENERATE): _own_tokens,
    ("GET", urls.SETTINGS_TOKENS): _own_tokens,
    ("POST", urls.SETTINGS_TOKEN_REGENERATE): _own_tokens,
    ("GET", urls.SYSTEM_ACCOUNTS): _admin,
    ("POST", urls.SYSTEM_ACCOUNTS): _admin,
    ("GET", urls.SYSTEM_ACCOUNT): _admin,
    ("GET", urls.SYSTEM_ACCOUNT_TOKENS): _admin,
    ("GET", urls.ADMIN_USER): _admin,
    ("PUT", urls.ADMIN_USER): _admin,
    ("PUT", urls.ADMIN_USER_ROLES): _admin,
    ("POST", urls.SESSION_TOKENS): _nothing,
    ("POST", urls.TEST_ERROR): _admin,
}
"""By method and path; what it lacks and changes nothing, everyone may do who may read."""


def require(call: Call, path_parameters: Mapping[str, str]) -> None:
    """Refuse *call* if its sender lacks a permission that it needs.

    Raises:
        Forbidden: with what is missing, and who can grant it.
    """
    identity: Identity | None = call.request.scope.get(IDENTITY)
    if identity is None or identity.is_admin:
        return
    method = "GET" if call.request.method == "HEAD" else call.request.method  # a GET without its body
    needs = NEEDS.get((method, call.operation.path))
    if needs is None and (call.operation.changes or call.operation.sends):
        needs = _admin
    _require(identity, needs(call, path_parameters) if needs is not None else ())


def require_own_tokens(scope: Scope) -> None:
    """Refuse the request with this *scope* unless its sender may manage tokens: all, or a person their own.

    Raises:
        Forbidden: as `require`.
    """
    if (identity := scope.get(IDENTITY)) is not None and not identity.is_person:
        _require(identity, [ADMIN])


def require_permission(scope: Scope, permission: Permission) -> None:
    """Refuse the request with this *scope* unless its sender has the *permission*.

    Raises:
        Forbidden: as `require`.
    """
    if (identity := scope.get(IDENTITY)) is not None and not identity.is_admin:
        _require(identity, [permission])


def require_webhooks(scope: Scope) -> None:
    """Refuse the request with this *scope* unless its sender may change webhooks.

    Raises:
        Forbidden: as `require`.
    """
    require_permission(scope, WEBHOOKS)


def require_admin(scope: Scope) -> None:
    """Refuse the request with this *scope* unless its sender may do everything.

    Raises:
        Forbidden: as `require`.
    """
    require_permission(scope, ADMIN)


def _require(identity: Identity, needs: Iterable[Permission]) -> None:
    if missing := identity.lacks(needs):
        may = "; ".join(map(str, identity.permissions)) or "read"
        lacking = " and ".join(map(str, missing))
        remedy = "Someone who may do everything here can create a token that may: contracts token create"
        if identity.build is not None:
            remedy = "Someone who runs the broker can permit it in the file of trusted builds"
        elif identity.is_person:
            remedy = "Someone who runs the broker can permit it to one of your groups: PACT_BROKER_SIGN_IN_PERMISSIONS"
        raise Forbidden(f"{identity.name[:1].upper()}{identity.name[1:]} may not {lacking}, only: {may}. {remedy}")
