"""Selectors of versions and branches to keep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import kept_selectors
from contracts.model.criteria import InEnvironment, OnBranch, OnMainBranch, Tagged
from contracts.model.kept_selectors import InvalidSelectors, KeptBranches, KeptVersions


NAMES = st.text(min_size=1)
AGES = st.none() | st.integers(1, 4000)
OWNERS = st.none() | NAMES


PLACES = st.builds(InEnvironment, presence=st.sampled_from(["deployed", "released", None]), environment=OWNERS)
CRITERIA = st.builds(Tagged, tag=OWNERS) | st.builds(OnBranch, branch=OWNERS) | st.builds(OnMainBranch)
VERSIONS = st.one_of(
    st.builds(KeptVersions, pacticipant=OWNERS, max_age=st.integers(1, 4000)),
    st.builds(KeptVersions, pacticipant=NAMES),
    st.builds(KeptVersions, latest=st.just(value=True), pacticipant=OWNERS),
    st.builds(KeptVersions, criterion=CRITERIA, pacticipant=OWNERS, max_age=AGES),
    st.builds(KeptVersions, criterion=CRITERIA, latest=st.just(value=True), pacticipant=OWNERS),
    st.builds(KeptVersions, criterion=PLACES, pacticipant=OWNERS),
)
BRANCHES = st.builds(KeptBranches, names=st.lists(NAMES, min_size=1).map(tuple), max_age=AGES) | st.builds(
    KeptBranches, max_age=st.integers(1, 4000)
)


@given(st.lists(VERSIONS).map(tuple))
def test_selectors_of_versions_survive_writing_and_reading(selectors):
    assert kept_selectors.parse_versions(kept_selectors.text(selectors)) == selectors


@given(st.lists(BRANCHES).map(tuple))
def test_selectors_of_branches_survive_writing_and_reading(selectors):
    assert kept_selectors.parse_branches(kept_selectors.text(selectors)) == selectors


@pytest.mark.parametrize(
    ("document", "selector"),
    [
        ('{"tag":true,"latest":true}', KeptVersions(criterion=Tagged(), latest=True)),
        ('{"maxAge":30,"tag":"main"}', KeptVersions(criterion=Tagged(tag="main"), max_age=30)),
        ('{"pacticipant_name":"Till"}', KeptVersions(pacticipant="Till")),
        (
            '{"deployed":true,"environmentName":"live"}',
            KeptVersions(criterion=InEnvironment(presence="deployed", environment="live")),
        ),
        ('{"mainBranch":true,"latest":false}', KeptVersions(criterion=OnMainBranch())),
        ('{"deployed":true,"released":true}', KeptVersions(criterion=InEnvironment())),
    ],
)
def test_the_keys_of_the_reference_broker_are_accepted(document, selector):
    assert kept_selectors.parse_versions(f"[{document}]") == (selector,)


def test_one_branch_needs_no_list():
    assert kept_selectors.parse_branches('[{"branch":"main"}]') == (KeptBranches(names=("main",)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("{}", "not a list"),
        ("[1]", "1 .number 1. cannot be used: not an object"),
        ("[{}]", "it does not say what to keep"),
        ('[{"latest":true},{"taf":"x"}]', "number 2.*'taf' is unknown. The keys are pacticipant, tag"),
        ('[{"tag":"a","branch":"b"}]', "tag and branch cannot be combined"),
        ('[{"latest":true,"max_age":3}]', "latest and max_age cannot be combined"),
        ('[{"latest":"yes"}]', "latest must be true or false"),
        ('[{"max_age":0}]', "max_age must be a number of days, at least 1"),
        ('[{"max_age":true}]', "max_age must be a number of days, at least 1"),
        ('[{"tag":""}]', "it does not say what to keep"),
        ('[{"tag":3}]', "tag must be a name"),
        ('[{"deployed":true,"max_age":3}]', "cannot be combined with latest or max_age"),
    ],
)
def test_an_invalid_selector_of_versions_is_refused_with_the_reason(text, words):
    with pytest.raises(InvalidSelectors, match=words):
        kept_selectors.parse_versions(text)


@pytest.mark.parametrize(
    ("text", "words"), [("[{}]", "does not say what to keep"), ('[{"branch":[1]}]', "branch must be a name")]
)
def test_an_invalid_selector_of_branches_is_refused_with_the_reason(text, words):
    with pytest.raises(InvalidSelectors, match=words):
        kept_selectors.parse_branches(text)
