"""Versions and tags that `Broker` has no method for: the latest version, a branch's versions, removal of a tag."""

from __future__ import annotations

from contracts.client import documents, hal, unknown_names
from contracts.client.documents import Version
from contracts.client.errors import ClientError, NotFound
from contracts.client.navigation import Navigator


def find(navigator: Navigator, pacticipant: str, *, version: str | None = None, tag: str | None = None) -> Version:
    """Return the version called *version*, or else the latest one, with *tag* if given.

    Raises:
        NotFound: if the pacticipant or the version does not exist.
    """
    if version is not None:
        relation, variables = "pb:pacticipant-version", {"version": version}
    elif tag is not None:
        relation, variables = "pb:latest-tagged-version", {"tag": tag}
    else:
        relation, variables = "pb:latest-version", {}
    try:
        address = navigator.relation(relation, "describing versions", pacticipant=pacticipant, **variables)
        return documents.version_from(navigator.get(address))
    except NotFound as error:
        message = unknown_pacticipant(navigator, pacticipant)
        if message is None:
            tagged = f" with the tag {tag!r}" if tag else ""
            message = (
                f"The broker does not know version {version} of {pacticipant}."
                if version is not None
                else f"{pacticipant} has no version{tagged}."
            )
            message += " List what it has: contracts list-branches --pacticipant NAME"
        raise NotFound(message) from error


def remove_tag(navigator: Navigator, *, pacticipant: str, version: str, tag: str) -> None:
    """Remove *tag* from a version.

    Raises:
        NotFound: if the version does not have the tag, or does not exist.
    """
    address = navigator.relation(
        "pb:pacticipant-version-tag", "tags", pacticipant=pacticipant, version=version, tag=tag
    )
    try:
        navigator.send("DELETE", address)
    except NotFound as error:
        raise NotFound(
            unknown_pacticipant(navigator, pacticipant) or f"Version {version} of {pacticipant} has no tag {tag!r}."
        ) from error


def unknown_pacticipant(navigator: Navigator, name: str) -> str | None:
    """Return an error about the pacticipant *name* if the broker does not have it; None if it cannot be asked."""
    try:
        pages = list(navigator.pages(navigator.relation("pb:pacticipants", "listing pacticipants")))
    except ClientError:
        return None
    names = [hal.text(each, "name") for page in pages for each in hal.embedded(page, "pacticipants")]
    return None if name in names else unknown_names.application(name, names)
