"""Environments, and what is deployed and released there."""

from __future__ import annotations

from contracts.client import documents, hal, navigation, unknown_names
from contracts.client.errors import NotFound
from contracts.client.hal import JsonObject
from contracts.client.nouns.pacticipants import PacticipantMethods


class EnvironmentMethods(PacticipantMethods):
    """Environments, and what is deployed and released there."""

    def environments(self) -> tuple[documents.Environment, ...]:
        """Return all environments, ordered by display name."""
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        return tuple(documents.environment_from(item) for item in hal.embedded(document, "environments"))

    def environment(self, name: str) -> documents.Environment:
        """Return the environment called *name*.

        Raises:
            NotFound: if it does not exist.
        """
        return documents.environment_from(self._environment(name))

    def environment_by_uuid(self, uuid: str) -> documents.Environment:
        """Return the environment with this UUID.

        Raises:
            NotFound: if it does not exist; the message says how to list the environments.
        """
        return documents.environment_from(self._environment_by_uuid(uuid))

    def create_environment(
        self,
        name: str,
        *,
        production: bool,
        display_name: str | None = None,
        contact_name: str | None = None,
        contact_email_address: str | None = None,
    ) -> documents.Environment:
        """Create an environment.

        Raises:
            Invalid: if the name is taken, or breaks a rule.
        """
        body: JsonObject = {"name": name, "production": production}
        if display_name is not None:
            body["displayName"] = display_name
        if contacts := _contacts([], contact_name, contact_email_address):
            body["contacts"] = contacts
        address = self._to.relation("pb:environments", "environments")
        return documents.environment_from(self._to.send("POST", address, body))

    def update_environment(
        self,
        uuid: str,
        *,
        name: str | None = None,
        display_name: str | None = None,
        production: bool | None = None,
        contact_name: str | None = None,
        contact_email_address: str | None = None,
    ) -> documents.Environment:
        """Change the properties of an environment that are not None.

        Raises:
            NotFound: if it does not exist.
            Invalid: if the name is taken, or breaks a rule.
        """
        document = self._environment_by_uuid(uuid)
        # PUT replaces everything
        body: JsonObject = {
            key: document[key] for key in ("name", "displayName", "production", "contacts") if key in document
        }
        changes = {"name": name, "displayName": display_name, "production": production}
        body |= {key: value for key, value in changes.items() if value is not None}
        contacts = hal.objects(body.get("contacts") or [], "contacts")
        if contacts := _contacts(contacts, contact_name, contact_email_address):
            body["contacts"] = contacts
        address = self._to.linked(document, "self", "environments")
        return documents.environment_from(self._to.send("PUT", address, body))

    def delete_environment(self, uuid: str) -> None:
        """Delete an environment, with its deployments and releases.

        Raises:
            NotFound: if it does not exist.
        """
        self._to.send("DELETE", self._to.linked(self._environment_by_uuid(uuid), "self", "environments"))

    def record_deployment(
        self,
        *,
        pacticipant: str,
        version: str,
        environment: str,
        application_instance: str | None = None,
    ) -> documents.DeployedVersion:
        """Record that *version* now runs in *environment*, and replaces the version before.

        With *application_instance*, it replaces only that instance. Recording the same again changes nothing.

        Raises:
            NotFound: if the version or the environment does not exist.
        """
        body = {} if application_instance is None else {"applicationInstance": application_instance}
        address = self._recording("pb:record-deployment", pacticipant, version, environment)
        return documents.deployed_version_from(self._to.post_repeatably(address, body))

    def record_undeployment(
        self, *, pacticipant: str, environment: str, application_instance: str | None = None
    ) -> tuple[documents.DeployedVersion, ...]:
        """Record that *pacticipant* no longer runs in *environment*, and return the versions that ran there.

        Without *application_instance*, this concerns the deployment without an instance, not all deployments.

        Raises:
            NotFound: if it is not deployed there.
        """
        deployments = [
            deployed
            for deployed in self.currently_deployed(environment, pacticipant=pacticipant)
            if deployed.application_instance == application_instance
        ]
        if not deployments:
            instance = f" as instance {application_instance!r}" if application_instance else ""
            msg = f"{pacticipant} is not recorded as deployed to {environment}{instance}."
            raise NotFound(self._unknown(pacticipant) or msg)
        for deployed in deployments:
            self._to.merge(self._to.address(deployed.url), {"currentlyDeployed": False})
        return tuple(deployments)

    def record_release(self, *, pacticipant: str, version: str, environment: str) -> documents.ReleasedVersion:
        """Record that *version* is released to *environment*, in addition to earlier releases.

        Raises:
            NotFound: if the version or the environment does not exist.
        """
        address = self._recording("pb:record-release", pacticipant, version, environment)
        return documents.released_version_from(self._to.post_repeatably(address, {}))

    def record_support_ended(
        self, *, pacticipant: str, version: str, environment: str
    ) -> tuple[documents.ReleasedVersion, ...]:
        """Record that a released version is no longer supported in *environment*.

        Raises:
            NotFound: if it is not recorded as released and supported there.
        """
        releases = [
            released
            for released in self.currently_supported(environment, pacticipant=pacticipant)
            if released.version == version
        ]
        if not releases:
            msg = f"Version {version} of {pacticipant} is not recorded as released to {environment}."
            raise NotFound(self._unknown(pacticipant) or msg)
        for released in releases:
            self._to.merge(self._to.address(released.url), {"currentlySupported": False})
        return tuple(releases)

    def currently_deployed(
        self, environment: str, *, pacticipant: str | None = None
    ) -> tuple[documents.DeployedVersion, ...]:
        """Return the versions of *pacticipant* (None: of every application) that run in *environment* now.

        Raises:
            NotFound: if the environment does not exist.
        """
        items = self._current(environment, "pb:currently-deployed-deployed-versions", "deployedVersions", pacticipant)
        deployments = (documents.deployed_version_from(item) for item in items)
        return tuple(item for item in deployments if pacticipant in {None, item.pacticipant})

    def currently_supported(
        self, environment: str, *, pacticipant: str | None = None
    ) -> tuple[documents.ReleasedVersion, ...]:
        """Return the versions of *pacticipant* (None: of all) that are released to *environment* and supported.

        Raises:
            NotFound: if the environment does not exist.
        """
        items = self._current(environment, "pb:currently-supported-released-versions", "releasedVersions", pacticipant)
        releases = (documents.released_version_from(item) for item in items)
        return tuple(item for item in releases if pacticipant in {None, item.pacticipant})

    def _recording(self, relation: str, pacticipant: str, version: str, environment: str) -> str:
        try:
            document = self._to.get(self._version(pacticipant, version))
        except NotFound as error:
            raise NotFound(self._unknown(pacticipant) or unknown_names.version(version, pacticipant)) from error
        return self._to.address(navigation.entry(document, relation, environment, "recording deployments and releases"))

    def _environment_by_uuid(self, uuid: str) -> JsonObject:
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        environments = hal.embedded(document, "environments")
        for each in environments:
            if each.get("uuid") == uuid:
                return self._to.get(self._to.linked(each, "self", "environments"))
        names = ", ".join(hal.text(each, "name") for each in environments)
        raise NotFound(
            f"The broker has no environment with the UUID {uuid!r} (it has: {names or 'none yet'}). "
            "List them with their UUIDs: contracts list-environments"
        )

    def _environment(self, name: str) -> JsonObject:
        document = self._to.get(self._to.relation("pb:environments", "environments"))
        href = navigation.entry(document, "pb:environments", name, "environments")
        return self._to.get(self._to.address(href))

    def _current(self, environment: str, relation: str, what: str, pacticipant: str | None) -> list[JsonObject]:
        address = self._to.linked(self._environment(environment), relation, "what is in place now")
        document = self._to.get(address if pacticipant is None else navigation.query(address, pacticipant=pacticipant))
        return hal.embedded(document, what)


def _contacts(contacts: list[JsonObject], name: str | None, email_address: str | None) -> list[JsonObject]:
    """Return *contacts* with the name and e-mail address of the first one replaced, if given."""
    first = dict(contacts[0]) if contacts else {}
    if name is not None:
        first["name"] = name
    if email_address is not None:
        first["details"] = {**(first.get("details") or {}), "emailAddress": email_address}
    return [first, *contacts[1:]] if first else contacts
