"""The pages of a broker to look at after a command; a browser that opens an API URL gets the page for it."""

from __future__ import annotations

from urllib.parse import urlencode

from contracts.client import Broker
from contracts.client.hal import segment
from contracts.client.questions import Question


def application(broker: Broker, name: str) -> str:
    """Return the URL of the application called *name*."""
    return f"{broker.base_url}/pacticipants/{segment(name)}"


def version(broker: Broker, pacticipant: str, number: str) -> str:
    """Return the URL of a version."""
    return f"{application(broker, pacticipant)}/versions/{segment(number)}"


def environment(broker: Broker, uuid: str) -> str:
    """Return the URL of an environment."""
    return f"{broker.base_url}/environments/{segment(uuid)}"


def webhook(broker: Broker, uuid: str) -> str:
    """Return the URL of a webhook."""
    return f"{broker.base_url}/webhooks/{segment(uuid)}"


def matrix(broker: Broker, consumer: str, provider: str) -> str:
    """Return the URL of the results between two applications."""
    return f"{broker.base_url}/matrix/provider/{segment(provider)}/consumer/{segment(consumer)}"


def can_i_deploy(broker: Broker, question: Question) -> str | None:
    """Return the URL of the page with the answer to *question*; None if the page cannot ask it."""
    if question.main_branches or question.ignored or not (question.environment or question.tag):
        return None
    query: list[tuple[str, str]] = []
    for each in question.versions:
        if each.latest or each.tag or each.main_branch:
            return None
        selected = ("version", each.version) if each.version else ("branch", each.branch or "")
        query += [("pacticipant", each.pacticipant), selected]
    query.append(("environment", question.environment) if question.environment else ("to", question.tag or ""))
    return f"{broker.base_url}/can-i-deploy?{urlencode(query)}"
