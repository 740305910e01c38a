"""Pending pacts."""

from __future__ import annotations

import pytest

from contracts.model.pending import Pending, ProviderRef, judge, subject


ANY = "any version of the provider"
MAIN = "a version of the provider from branch main"


@pytest.mark.parametrize(
    ("provider", "scopes", "named"),
    [
        (ProviderRef(), (None,), ANY),
        (ProviderRef(branch=""), (None,), ANY),
        (ProviderRef(branch="main"), (None,), MAIN),
        (ProviderRef(branch="main", tags=("dev",)), (None,), MAIN),
        (ProviderRef(tags=("dev",)), ("dev",), "a version of the provider with tag dev"),
        (ProviderRef(tags=("dev", "prod")), ("dev", "prod"), "a version of the provider with tags dev, prod"),
    ],
)
def test_a_branch_comes_before_tags_and_each_tag_is_a_scope(provider, scopes, named):
    assert provider.scopes == scopes
    assert subject(provider) == named
    assert provider.has_scope == (named != ANY)


def test_a_content_with_a_success_in_every_scope_is_not_pending():
    tags = ProviderRef(tags=("dev", "prod"))
    assert judge(ProviderRef(branch="main"), {None: {1}}, 1) == Pending(pending=False, subject=MAIN)
    assert judge(ProviderRef(), {None: set()}, 1) == Pending(pending=True, subject=ANY)
    assert not judge(tags, {"dev": {1}, "prod": {1, 2}}, 1).pending
    assert judge(tags, {"dev": {1}, "prod": {1, 2}}, 2) == Pending(
        pending=True, subject="a version of the provider with tag dev"
    )
