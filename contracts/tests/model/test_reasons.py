"""Reasons: the texts of a verdict name the versions and their selectors."""

from __future__ import annotations

import pytest
from matrices import LIVE, integration, numbered, resolved, row

from contracts.model.criteria import InEnvironment, Numbered, OnBranch, OnMainBranch, Tagged
from contracts.model.matrix import Ignored, VersionFilter
from contracts.model.reasons import (
    IgnoredDoesNotExist,
    NoEnvironmentSpecified,
    NothingMissing,
    SelectorWithoutVersionNumber,
    SpecifiedVersionDoesNotExist,
    Successful,
    Wording,
    notice,
)


def version_filter(*criteria, latest=False):
    return VersionFilter(criteria=criteria, latest=latest)


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (version_filter(Numbered(number="9")), "Version 9 of Till does not exist"),
        (version_filter(Tagged(tag="prod")), "No version of Till with the tag prod"),
        (version_filter(OnBranch(branch="feat")), "No version of Till on the branch feat"),
        (version_filter(OnMainBranch(), latest=True), "No version of Till on the main branch"),
        (version_filter(InEnvironment(environment="live")), "No version of Till now in live"),
        (version_filter(latest=True), "No version of Till exists"),
        (version_filter(Tagged(tag="a"), OnBranch(branch="b")), "with the tag a on the branch b"),
        (version_filter(Numbered(number="1"), Tagged(tag="a")), "No version of Till with the number 1 with the tag a"),
    ],
)
def test_the_text_about_a_missing_version_has_the_criteria_of_its_selector(selector, text):
    assert text in str(SpecifiedVersionDoesNotExist(selector=resolved(1, selector)))


def test_a_failure_names_both_versions_and_the_result():
    words = Wording([numbered(1, 1), resolved(3, LIVE.version_filter, 5, specified=False)])
    failure = str(words.of_row(row(provider_version=5, success=False, result_id=77)))
    assert "version 1 of Till" in failure
    assert "version 5 of Ledger (now in live)" in failure
    assert "77" in failure


def test_the_text_about_the_latest_version_with_a_tag_says_so():
    words = Wording([resolved(1, version_filter(Tagged(tag="prod"), latest=True), 1)])
    assert "version 1 of Till (the latest with the tag prod)" in str(words.of_row(row()))


@pytest.mark.parametrize(
    ("selectors", "text"),
    [
        ([], "any version of Ledger"),
        ([resolved(3)], "any version of Ledger"),
        ([resolved(3, LIVE.version_filter)], "a version of Ledger now in live (none exists)"),
        ([resolved(3, LIVE.version_filter, 5)], "version 5 of Ledger (now in live)"),
        (
            [resolved(3, LIVE.version_filter, 5), resolved(3, LIVE.version_filter, 6)],
            "the 2 versions of Ledger now in live",
        ),
        ([numbered(3, 5)], "version 5 of Ledger"),
        ([numbered(3, 5), numbered(3, 6)], "the 2 versions of Ledger in the query"),
        ([resolved(3, version_filter(Numbered(number="9")))], "version 9 of Ledger (which does not exist)"),
    ],
)
def test_a_missing_result_names_the_versions_that_could_have_given_it(selectors, text):
    words = Wording(selectors)
    assert text in str(words.of_row(row()))
    assert text in str(words.of_integration(integration()))


@pytest.mark.parametrize(
    ("ignored", "text"),
    [
        (Ignored(pacticipant="Leger"), "Leger does not exist"),
        (Ignored(pacticipant="Ledger", version="9"), "Ledger, version 9 does not exist"),
    ],
)
def test_a_warning_names_the_ignored_application_that_does_not_exist(ignored, text):
    assert text in str(IgnoredDoesNotExist(ignored=ignored))


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (NoEnvironmentSpecified(), "warning"),
        (SelectorWithoutVersionNumber(), "warning"),
        (Successful(), "success"),
        (NothingMissing(), "success"),
    ],
)
def test_a_reason_is_a_notice_of_its_kind(reason, kind):
    message = notice(reason)
    assert (message.type, message.text) == (kind, str(reason))
    assert message.text.startswith("WARN: ") == (kind == "warning")
