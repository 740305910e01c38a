"""The build that sends a request: by the token that it presents, or by one in the header `Build-Token`."""

from __future__ import annotations

from contracts.broker.api.calls import Call
from contracts.broker.api.hal import Document, present
from contracts.broker.api.permissions import IDENTITY
from contracts.model.attestations import Attestation, Source
from contracts.model.errors import Forbidden, Invalid
from contracts.model.permissions import Identity, publish


HEADER = "Build-Token"
"""The token of a build that publishes with other credentials."""


def of(call: Call, provider: str) -> Attestation | None:
    """Return the build that publishes a result of *provider* with *call*; None if it is not known.

    Raises:
        Invalid: if the header's token is not accepted, or the broker trusts no builds.
        Forbidden: if the build may not publish as *provider*.
        IssuerUnavailable: if the token cannot be checked now.
    """
    token = call.request.headers.get(HEADER)
    if token is None:
        identity: Identity | None = call.request.scope.get(IDENTITY)
        return None if identity is None else identity.build
    if call.runtime.build_tokens is None:
        raise Invalid(f"This broker trusts no builds. Leave out the header {HEADER}, or set PACT_BROKER_TRUSTED_CI")
    identity = call.runtime.build_tokens.identify(token)
    if identity.lacks([publish(provider)]):
        raise Forbidden(f"The result is not attested: {identity.name} may not publish as {provider}")
    return identity.build


def render(attestation: Attestation, source: Source | None = None) -> Document:
    """Return the document of *attestation*, which says how the broker knows it if *source* is given."""
    return present(
        {
            "service": attestation.service,
            "issuer": attestation.issuer,
            "repository": attestation.repository,
            "workflow": attestation.workflow,
            "ref": attestation.ref,
            "commit": attestation.commit,
            "run": attestation.run,
            "url": attestation.url,
            "imported": None if source in {None, Source.BUILD} else True,
            "counts": False if source is Source.IMPORT else None,
        }
    )
