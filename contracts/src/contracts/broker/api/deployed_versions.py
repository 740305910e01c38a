"""`/deployed-versions`, and the ways to them: what was put into an environment, and whether it is still there.

Source: Pact Broker protocol, deployed versions.
"""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.api import environments as environments_api
from contracts.broker.api import queries, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import deployments, environments, versions
from contracts.broker.urls import Links
from contracts.model.deployments import DeployedVersion, ReleasedVersion
from contracts.model.errors import Unprocessable


class DeploymentBody(Body):
    """Which application instance is deployed, under its name or the older one."""

    instance: rules.WrittenName | None = Field(default=None, alias="applicationInstance")
    target: rules.WrittenName | None = None

    def where(self) -> str | None:
        """The application instance; None where the environment has no more than one."""
        return self.target if self.instance is None else self.instance


class PresenceBody(Body):
    """Whether the version is still there."""

    currently_deployed: bool | None = Field(default=None, alias="currentlyDeployed")


routes = Resources("deployments")


@routes.post(urls.VERSION_DEPLOYMENTS, body=DeploymentBody)
def record_deployment(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    target = call.body(DeploymentBody, empty=True).where()
    with call.writing() as connection:
        deployed = versions.find_of(connection, pacticipant, version)
        place = environments.find(connection, environment)
        uuid = deployments.deploy(
            connection, deployed, place.id, uuid=call.runtime.uuid(), now=call.now(), target=target
        )
        made = deployments.find(connection, uuid)
    return call.hal(_render(call.links, made), 201, location=_address(call.links, made))


@routes.get(urls.VERSION_DEPLOYMENTS)
def list_deployments_of_version(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    with call.reading() as connection:
        deployed = versions.find_of(connection, pacticipant, version)
        found = deployments.of_version(connection, deployed.id, environments.find(connection, environment).id)
    items = [_item(call.links, each) for each in found]
    title = f"Deployments of {pacticipant} ({version})"
    return call.hal({"_embedded": {"deployedVersions": items}, "_links": {"self": link(call.url, title)}})


@routes.get(urls.CURRENTLY_DEPLOYED, query=queries.texts("pacticipant", "applicationInstance", "target"))
def list_currently_deployed_versions(call: Call, environment: str) -> Response:
    query = call.query
    name = "applicationInstance" if "applicationInstance" in query else "target"
    target, pacticipant = queries.text(query, name), queries.text(query, "pacticipant")
    with call.reading() as connection:
        place = environments.find(connection, environment)
        found = deployments.current(
            connection,
            environment_id=place.id,
            pacticipant=pacticipant or None,
            target=target or None,
            without_target=target == "",
        )
    items = [_item(call.links, each) | {"_embedded": parties(call.links, each)} for each in found]
    title = f"Versions deployed to {place.display_name} now"
    return call.hal({"_embedded": {"deployedVersions": items}, "_links": {"self": link(call.url, title)}})


@routes.get(urls.DEPLOYED_VERSION)
def show_deployed_version(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        found = deployments.find(connection, uuid)
    return call.hal(_render(call.links, found))


@routes.patch(urls.DEPLOYED_VERSION, body=PresenceBody)
def update_deployed_version(call: Call, uuid: str) -> Response:
    wanted = call.body(PresenceBody, empty=True).currently_deployed
    with call.writing() as connection:
        found = deployments.find(connection, uuid)
        if wanted:
            text = "cannot be switched back on; record a new deployment of the version instead"
            raise Unprocessable({"currentlyDeployed": [text]})
        if wanted is False:
            deployments.undeploy(connection, uuid, call.now())
            found = deployments.find(connection, uuid)
    return call.hal(_render(call.links, found))


def parties(links: Links, held: DeployedVersion | ReleasedVersion) -> Document:
    """The application and the version that are deployed or released, as they are embedded."""
    names = {"pacticipant": held.pacticipant}
    version = links.to(urls.VERSION, version=held.version, **names)
    return {
        "pacticipant": {"name": held.pacticipant, "_links": {"self": link(links.to(urls.PACTICIPANT, **names))}},
        "version": {"number": held.version, "_links": {"self": link(version, "Version", held.version)}},
    }


def _address(links: Links, deployed: DeployedVersion) -> str:
    return links.to(urls.DEPLOYED_VERSION, uuid=deployed.uuid)


def _item(links: Links, deployed: DeployedVersion) -> Document:
    return present(
        {
            "uuid": deployed.uuid,
            "currentlyDeployed": deployed.currently_deployed,
            "target": deployed.target,
            "applicationInstance": deployed.target,
            "undeployedAt": timestamp(deployed.undeployed_at) if deployed.undeployed_at else None,
            "createdAt": timestamp(deployed.created_at),
            "_links": {"self": link(_address(links, deployed))},
        }
    )


def _render(links: Links, deployed: DeployedVersion) -> Document:
    environment = {"environment": environments_api.render(links, deployed.environment)}
    return _item(links, deployed) | {"_embedded": parties(links, deployed) | environment}
