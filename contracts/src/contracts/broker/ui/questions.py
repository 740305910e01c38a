"""What a form asks before it sends a request, by method and path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.broker import urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, in which the path's parameters are filled in, the *consequence* of a yes, and its *button*.

    A no leads back to the *page*, which has the same parameters, or else to the path itself.
    """

    text: str
    consequence: str = ""
    button: str = "Delete"
    page: str = ""


QUESTIONS: Mapping[tuple[str, str], Question] = {
    ("DELETE", urls.PACTICIPANT): Question(
        text="Delete the application {pacticipant}?",
        consequence="Its versions, contracts, results, deployments and webhooks are deleted with it.",
    ),
    ("DELETE", urls.INTEGRATION): Question(
        text="Delete everything between {consumer} and {provider}?",
        consequence="All contracts of this pair and their results are deleted. The two applications stay.",
    ),
    ("DELETE", urls.PACT): Question(
        text="Delete the contract of {consumer} {version} with {provider}?",
        consequence="Its results are deleted too, unless another version has the same content.",
    ),
    ("DELETE", urls.VERSION): Question(
        text="Delete version {version} of {pacticipant}?",
        consequence="Its contracts, results, tags and deployments are deleted with it.",
    ),
    ("DELETE", urls.BRANCH): Question(
        text="Delete the branch {branch} of {pacticipant}?", consequence="Its versions stay."
    ),
    ("DELETE", urls.ENVIRONMENT): Question(
        text="Delete this environment?", consequence="All deployments and releases to it are forgotten."
    ),
    ("DELETE", urls.WEBHOOK): Question(
        text="Delete this webhook?", consequence="Requests that it has not sent yet are not sent."
    ),
    ("DELETE", urls.WEBHOOK_SIGNING_SECRET): Question(
        text="Remove the signing secret of this webhook?",
        consequence="Deliveries are unsigned from then on, so a receiver that verifies them refuses them.",
        button="Remove",
        page=urls.WEBHOOK,
    ),
    ("DELETE", urls.SECRET): Question(
        text="Delete this secret?", consequence="A webhook that uses it is not sent from then on.", page=urls.SECRETS
    ),
    ("DELETE", urls.TOKEN): Question(
        text="Revoke this token?",
        consequence="Requests with it are refused from then on.",
        button="Revoke",
        page=urls.TOKENS,
    ),
    ("DELETE", urls.PACTICIPANT_LABEL): Question(
        text="Remove the label {label} from {pacticipant}?", button="Remove", page=urls.PACTICIPANT
    ),
    ("DELETE", urls.VERSION_TAG): Question(
        text="Remove the tag {tag} from {pacticipant} {version}?", button="Remove", page=urls.VERSION
    ),
    ("POST", urls.WEBHOOK_EXECUTE): Question(
        text="Test this webhook?",
        consequence="Its request is sent now, about the last event of its applications or an example.",
        button="Send the test",
        page=urls.WEBHOOK,
    ),
    ("POST", urls.WEBHOOK_SIGNING_SECRET): Question(
        text="Create a new signing secret for this webhook?",
        consequence="The next page shows it, once. "
        "For 24 hours, deliveries also carry the signature of the present one, if there is one.",
        button="Create",
        page=urls.WEBHOOK,
    ),
    ("POST", urls.TRIGGERED_WEBHOOK_REPLAY): Question(
        text="Send this delivery again?",
        consequence="The webhook is sent as it is now, about the same event.",
        button="Send it again",
        page=urls.TRIGGERED_WEBHOOK_LOGS,
    ),
    ("POST", urls.VERIFICATION_JOB): Question(
        text="Request this verification again?",
        consequence="The webhook that requests it is sent again.",
        button="Request it again",
    ),
    ("POST", urls.TOKEN_REGENERATE): Question(
        text="Replace this token?",
        consequence="The next page shows the new one, once. The present one is refused from then on.",
        button="Replace",
        page=urls.TOKENS,
    ),
}
"""The questions of deletions, and of what people do with a button; other requests are forms with a body."""

SECTIONS: Mapping[str, str] = {
    urls.WEBHOOKS: "webhooks",
    urls.TRIGGERED_WEBHOOK_REPLAY.partition("/{")[0]: "webhooks",
    urls.SECRETS: "webhooks",
    urls.ENVIRONMENTS: "environments",
    urls.TOKENS: "tokens",
}
"""The section of the navigation bar for a question, by the start of the path; else it is that of contracts."""
FIELDS: Mapping[str, str] = {
    urls.ENVIRONMENTS: urls.ENVIRONMENT_FORM,
    urls.ENVIRONMENT: f"{urls.ENVIRONMENT_FORM}?environment={{environment}}",
    urls.PACTICIPANT: f"{urls.APPLICATION_FORM}?application={{pacticipant}}",
    urls.WEBHOOKS: urls.WEBHOOK_DRAFT,
    urls.WEBHOOK: f"{urls.WEBHOOK_FORM}?webhook={{uuid}}",
    urls.TOKENS: urls.TOKEN_FORM,
    urls.SECRETS: urls.SECRET_FORM,
    urls.SECRET: f"{urls.SECRET_FORM}?secret={{uuid}}",
}
"""The form with fields for what is made or changed at a path."""
