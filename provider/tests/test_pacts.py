"""The provider honours its consumers' pacts, as the official verifier sees it."""

from __future__ import annotations

from provider.app import create_app
from provider.catalogue import Catalogue

from .states import ProviderStates


def test_the_provider_honours_its_pacts(verify_provider, tmp_path):
    states = ProviderStates(catalogue=Catalogue(tmp_path / "products.json"))
    states.reset()
    verify_provider(
        create_app(states.catalogue),
        states=states.by_name(),
        after_each=states.reset,
        allow_no_pacts=True,  # the first build comes before that of the first consumer
    )
