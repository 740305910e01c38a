"""Applications, their versions, branches and tags."""

from __future__ import annotations

import contextlib

from contracts.client import documents, hal, unknown_names
from contracts.client.errors import ClientError, NotFound
from contracts.client.nouns.addresses import Addresses


class PacticipantMethods(Addresses):
    """Applications, their versions, branches and tags."""

    def pacticipants(self) -> tuple[documents.Pacticipant, ...]:
        """Return all pacticipants, ordered by name."""
        address = self._to.relation("pb:pacticipants", "listing pacticipants")
        return tuple(
            documents.pacticipant_from(item)
            for page in self._to.pages(address)
            for item in hal.embedded(page, "pacticipants")
        )

    def pacticipant(self, name: str) -> documents.Pacticipant:
        """Return the pacticipant called *name*.

        Raises:
            NotFound: if it does not exist.
        """
        try:
            return documents.pacticipant_from(self._to.get(self._pacticipant(name)))
        except NotFound as error:
            raise NotFound(self._unknown(name) or str(error)) from error

    def create_or_update_pacticipant(
        self,
        name: str,
        *,
        display_name: str | None = None,
        main_branch: str | None = None,
        repository_url: str | None = None,
    ) -> documents.Pacticipant:
        """Create the pacticipant, or change the fields that are not None."""
        fields = {
            "displayName": display_name,
            "mainBranch": main_branch,
            "repositoryUrl": repository_url,
        }
        changes = {key: value for key, value in fields.items() if value is not None}
        try:
            document = self._to.merge(self._pacticipant(name), changes)
        except NotFound:
            address = self._to.relation("pb:pacticipants", "creating pacticipants")
            document = self._to.send("POST", address, {"name": name, **changes})
        return documents.pacticipant_from(document)

    def version(self, pacticipant: str, version: str) -> documents.Version:
        """Return a version of a pacticipant.

        Raises:
            NotFound: if it does not exist.
        """
        try:
            return documents.version_from(self._to.get(self._version(pacticipant, version)))
        except NotFound as error:
            message = f"The broker does not know version {version} of {pacticipant}."
            raise NotFound(self._unknown(pacticipant) or message) from error

    def latest_version(self, pacticipant: str, *, tag: str | None = None) -> documents.Version:
        """Return the latest version of a pacticipant, or the latest one with *tag*.

        Raises:
            NotFound: if it does not exist.
        """
        relation, tags = ("pb:latest-version", {}) if tag is None else ("pb:latest-tagged-version", {"tag": tag})
        try:
            address = self._to.relation(relation, "latest versions", pacticipant=pacticipant, **tags)
            return documents.version_from(self._to.get(address))
        except NotFound as error:
            tagged = f" with the tag {tag!r}" if tag is not None else ""
            raise NotFound(self._unknown(pacticipant) or f"{pacticipant} has no version{tagged}.") from error

    def put_version(self, pacticipant: str, version: str, *, build_url: str | None = None) -> documents.Version:
        """Create the version unless it exists, and set its build URL if there is one."""
        changes = {} if build_url is None else {"buildUrl": build_url}
        document = self._to.merge(self._version(pacticipant, version), changes)
        return documents.version_from(document)

    def branches(self, pacticipant: str) -> tuple[str, ...]:
        """Return the names of a pacticipant's branches, the most recently changed first.

        Raises:
            NotFound: if the pacticipant does not exist.
        """
        try:
            document = self._to.get(self._pacticipant(pacticipant))
        except NotFound as error:
            raise NotFound(self._unknown(pacticipant) or str(error)) from error
        address = self._to.linked(document, "pb:branches", "listing branches")
        return tuple(
            hal.text(item, "name") for page in self._to.pages(address) for item in hal.embedded(page, "branches")
        )

    def add_branch(self, *, pacticipant: str, version: str, branch: str) -> None:
        """Put a version on a branch; create pacticipant, version and branch if they do not exist."""
        address = self._to.relation(
            "pb:pacticipant-branch-version",
            "branches",
            pacticipant=pacticipant,
            version=version,
            branch=branch,
        )
        self._to.send("PUT", address, {})

    def delete_branch(self, *, pacticipant: str, branch: str) -> None:
        """Delete a branch, but not its versions and pacts.

        Raises:
            NotFound: if it does not exist.
        """
        address = self._to.relation("pb:pacticipant-branch", "branches", pacticipant=pacticipant, branch=branch)
        try:
            self._to.send("DELETE", address)
        except NotFound as error:
            existing = () if (unknown := self._unknown(pacticipant)) else self.branches(pacticipant)
            raise NotFound(unknown or unknown_names.branch(branch, pacticipant, existing)) from error

    def tag(self, *, pacticipant: str, version: str, tag: str) -> None:
        """Tag a version; create pacticipant and version if they do not exist."""
        address = self._to.relation(
            "pb:pacticipant-version-tag", "tags", pacticipant=pacticipant, version=version, tag=tag
        )
        self._to.send("PUT", address, {})

    def remove_tag(self, *, pacticipant: str, version: str, tag: str) -> None:
        """Remove a tag from a version.

        Raises:
            NotFound: if the version does not have the tag, or does not exist.
        """
        address = self._to.relation(
            "pb:pacticipant-version-tag", "tags", pacticipant=pacticipant, version=version, tag=tag
        )
        try:
            self._to.send("DELETE", address)
        except NotFound as error:
            message = f"Version {version} of {pacticipant} has no tag {tag!r}."
            raise NotFound(self._unknown(pacticipant) or message) from error

    def _unknown(self, pacticipant: str) -> str | None:
        """Return the message that the broker does not know *pacticipant*; None if it does, or if it fails."""
        with contextlib.suppress(ClientError):
            existing = {each.name for each in self.pacticipants()}
            if pacticipant not in existing:
                return unknown_names.application(pacticipant, existing)
        return None
