"""`/deployed-versions`: the deployments of versions to environments, and their ends.

Source: Pact Broker protocol, deployed versions.
"""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from contracts.broker import urls
from contracts.broker.actions import place
from contracts.broker.api import paging, placements, queries, rules
from contracts.broker.api.bodies import Body
from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, link, present, timestamp
from contracts.broker.api.resources import Resources
from contracts.broker.store import deployments, environments, versions
from contracts.broker.urls import Links
from contracts.model.deployments import DeployedVersion


_COLLECTION = "deployedVersions"


class DeploymentBody(Body):
    """The application instance that is deployed, under its name or the older one."""

    instance: rules.WrittenName | None = Field(default=None, alias="applicationInstance")
    target: rules.WrittenName | None = None

    def application_instance(self) -> str | None:
        """Return the application instance; None if the environment has only one."""
        return self.target if self.instance is None else self.instance


class PresenceBody(Body):
    """Whether the version is still deployed."""

    currently_deployed: bool | None = Field(default=None, alias="currentlyDeployed")


routes = Resources("deployments")


@routes.post(urls.VERSION_DEPLOYMENTS, body=DeploymentBody)
def record_deployment(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    target = call.body(DeploymentBody, empty=True).application_instance()
    with call.writing() as connection:
        versioned = versions.find_of(connection, pacticipant, version)
        uuid = place.deploy(
            call.runtime,
            connection,
            versioned,
            environments.find(connection, environment),
            base_url=call.links.base,
            target=target,
        )
        deployed = deployments.find(connection, uuid)
    return call.hal(_render(call.links, deployed), 201, location=_address(call.links, deployed))


@routes.get(urls.VERSION_DEPLOYMENTS)
def list_deployments_of_version(call: Call, pacticipant: str, version: str, environment: str) -> Response:
    with call.reading() as connection:
        version_id = versions.find_of(connection, pacticipant, version).id
        environment_id = environments.find(connection, environment).id
        deployed_versions = deployments.of_version(connection, version_id, environment_id)
    items = [_item(call.links, each) for each in deployed_versions]
    return call.hal(placements.collection(call, _COLLECTION, items, f"Deployments of {pacticipant} ({version})"))


@routes.get(
    urls.CURRENTLY_DEPLOYED,
    query=(*queries.texts("pacticipant", "applicationInstance", "target"), *paging.PARAMETERS),
)
def list_currently_deployed_versions(call: Call, environment: str) -> Response:
    query = call.query
    name = "applicationInstance" if "applicationInstance" in query else "target"
    target, pacticipant = queries.text(query, name), queries.text(query, "pacticipant")
    page = paging.page_of(call)
    with call.reading() as connection:
        where = environments.find(connection, environment)
        which = deployments.Deployed(
            environment_id=where.id,
            pacticipant=pacticipant or None,
            target=target or None,
            without_target=target == "",
        )
        deployed_versions = deployments.current(connection, **which, **paging.limits(page))
        total = deployments.count_current(connection, **which) if page else len(deployed_versions)
    items = [
        _item(call.links, each) | {"_embedded": placements.parties(call.links, each)} for each in deployed_versions
    ]
    document = placements.collection(call, _COLLECTION, items, f"Versions deployed to {where.display_name} now")
    filters = {"pacticipant": pacticipant, name: target}
    return call.hal(paging.add(document, call, page, total, filters))


@routes.get(urls.DEPLOYED_VERSION)
def show_deployed_version(call: Call, uuid: str) -> Response:
    with call.reading() as connection:
        deployed = deployments.find(connection, uuid)
    return call.hal(_render(call.links, deployed))


@routes.patch(urls.DEPLOYED_VERSION, body=PresenceBody)
def update_deployed_version(call: Call, uuid: str) -> Response:
    currently_deployed = call.body(PresenceBody, empty=True).currently_deployed
    with call.writing() as connection:
        deployed = deployments.find(connection, uuid)
        placements.require_no_return("currentlyDeployed", currently_deployed, "deployment")
        if currently_deployed is False:
            deployments.undeploy(connection, uuid, call.now())
            deployed = deployments.find(connection, uuid)
    return call.hal(_render(call.links, deployed))


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
    return _item(links, deployed) | {"_embedded": placements.surroundings(links, deployed)}
