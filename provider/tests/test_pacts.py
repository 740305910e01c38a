"""The provider honours its consumers' pacts; the official verifier decides."""

from __future__ import annotations

from provider.app import create_app
from provider.catalogue import Catalogue

from .messages import Messages
from .states import ProviderStates


def test_the_provider_honours_its_pacts(verify_provider, tmp_path):
    catalogue = Catalogue(tmp_path / "products.json")
    states = ProviderStates(catalogue=catalogue)
    states.reset()
    verify_provider(
        create_app(catalogue),
        states=states.by_name(),
        messages=Messages(catalogue=catalogue).by_description(),
        after_each=states.reset,
        allow_no_pacts=True,  # the provider is built before the first consumer
    )
