"""Verdicts: the properties of every verdict, and the rules one by one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from matrices import FINDINGS, LIVE, ROWS, integration, numbered, question, resolved, row

from contracts.model.criteria import Numbered, OnBranch, Tagged
from contracts.model.matrix import Ignored, Selector, VersionFilter
from contracts.model.reasons import (
    FailedVerification,
    IgnoredDoesNotExist,
    NeverVerified,
    NoEnvironmentSpecified,
    NothingMissing,
    RequiredResultMissing,
    SelectorWithoutVersionNumber,
    SpecifiedVersionDoesNotExist,
    Successful,
)
from contracts.model.verdicts import Findings, judge


ABSENT = resolved(1, VersionFilter(criteria=(Numbered(number="9"),)))


def findings(*rows, **more):
    """The findings for version 1 of Till with these *rows*; *more* replaces other fields."""
    return Findings(
        **{"question": question(), "resolved": [numbered(1, 1)], "integrations": [], "rows": list(rows), **more}
    )


def kinds(verdict):
    return [type(each) for each in verdict.reasons]


@given(FINDINGS, st.randoms())
def test_the_order_of_rows_never_changes_a_verdict(original, random):
    shuffled = replace(original, rows=random.sample(original.rows, len(original.rows)))
    before, after = judge(original), judge(shuffled)
    assert replace(before, reasons=()) == replace(after, reasons=())
    assert set(before.reasons) == set(after.reasons)


@given(FINDINGS, ROWS)
def test_a_new_success_never_turns_yes_into_no(original, new):
    success = row(
        new.consumer_id, int(new.consumer_version.number), new.provider_id, provider_version=3, result_id=9_999
    )
    if judge(original).deployable is True:
        assert judge(replace(original, rows=[*original.rows, success])).deployable is True


@given(FINDINGS)
def test_a_failure_that_becomes_a_success_never_turns_yes_into_no(original):
    successes = [replace(each, result=each.result and replace(each.result, success=True)) for each in original.rows]
    if judge(original).deployable is True:
        assert judge(replace(original, rows=successes)).deployable is True


@given(FINDINGS, ROWS)
def test_a_new_failure_never_gives_a_yes(original, new):
    failure = row(new.consumer_id, 1, new.provider_id, provider_version=3, success=False)
    assert judge(replace(original, rows=[*original.rows, failure])).deployable is not True


@given(FINDINGS)
def test_every_no_and_every_unknown_has_an_error_and_no_yes_has_one(original):
    verdict = judge(original)
    errors = [each for each in verdict.notices if each.type == "error"]
    assert bool(errors) == (verdict.deployable is not True)
    assert verdict.reason


@given(FINDINGS)
def test_a_yes_has_one_success_notice(original):
    verdict = judge(original)
    successes = [each for each in verdict.notices if each.type == "success"]
    assert len(successes) == (1 if verdict.deployable is True else 0)


@given(FINDINGS)
def test_every_row_is_counted_once(original):
    verdict = judge(original)
    assert verdict.success + verdict.failed + verdict.unknown == len(original.rows) + len(original.without_a_row)
    assert verdict.ignored == (len(original.ignored_rows) if original.question.ignored else None)


def test_no_contract_is_a_yes():
    verdict = judge(findings())
    assert (verdict.deployable, kinds(verdict)) == (True, [NothingMissing])


def test_successes_alone_are_a_yes():
    verdict = judge(findings(row(provider_version=5)))
    assert (verdict.deployable, verdict.success, kinds(verdict)) == (True, 1, [Successful])


def test_a_failure_is_a_no():
    verdict = judge(findings(row(provider_version=5), row(provider_version=6, success=False)))
    assert (verdict.deployable, verdict.failed, kinds(verdict)) == (False, 1, [FailedVerification])


def test_a_missing_result_is_unknown_even_with_a_failure():
    verdict = judge(findings(row(provider=4), row(provider_version=6, success=False)))
    assert (verdict.deployable, verdict.unknown) == (None, 1)
    assert kinds(verdict) == [NeverVerified, FailedVerification]


def test_a_required_pair_without_a_row_is_unknown():
    verdict = judge(findings(integrations=[integration(), integration(provider=4, required=False)]))
    assert (verdict.deployable, verdict.unknown, kinds(verdict)) == (None, 1, [RequiredResultMissing])


def test_an_ignored_row_counts_as_a_row_of_its_pair():
    ignoring = question(ignored=(Ignored(pacticipant="Ledger"),))
    verdict = judge(findings(question=ignoring, integrations=[integration()], ignored_rows=[row()]))
    assert (verdict.deployable, verdict.unknown, verdict.ignored) == (True, 0, 1)


def test_a_version_that_does_not_exist_is_a_no_without_other_reasons():
    verdict = judge(findings(row(), resolved=[ABSENT]))
    assert (verdict.deployable, verdict.unknown, kinds(verdict)) == (False, 1, [SpecifiedVersionDoesNotExist])


def test_a_version_that_does_not_exist_does_not_count_if_its_application_is_ignored():
    ignoring = question(ignored=(Ignored(pacticipant="Till"),))
    assert judge(findings(question=ignoring, resolved=[ABSENT])).deployable is True


def test_a_version_that_does_not_exist_counts_if_only_another_version_is_ignored():
    ignoring = question(ignored=(Ignored(pacticipant="Till", version="3"),))
    assert judge(findings(question=ignoring, resolved=[ABSENT])).deployable is False


def test_an_application_of_the_scope_may_have_no_version():
    elsewhere = resolved(2, LIVE.version_filter, specified=False)
    assert judge(findings(resolved=[numbered(1, 1), elsewhere])).deployable is True


def test_a_question_about_one_version_without_an_environment_has_a_warning():
    verdict = judge(findings(question=question(others=None)))
    assert kinds(verdict) == [NoEnvironmentSpecified, NothingMissing]


def test_a_question_without_a_version_number_has_a_warning():
    head = VersionFilter(criteria=(OnBranch(branch="main"),), latest=True)
    without_number = question(Selector(pacticipant="Till", version_filter=head))
    assert kinds(judge(findings(question=without_number, resolved=[resolved(1, head, 1)]))) == [
        SelectorWithoutVersionNumber,
        NothingMissing,
    ]


def test_one_version_number_among_the_selectors_is_enough():
    tagged = Selector(pacticipant="Kiosk", version_filter=VersionFilter(criteria=(Tagged(tag="prod"),)))
    assert kinds(judge(findings(question=question(*question().selectors, tagged)))) == [NothingMissing]


def test_an_ignored_application_that_does_not_exist_has_a_warning():
    misspelt = Ignored(pacticipant="Leger")
    verdict = judge(findings(question=question(ignored=(misspelt,)), unknown_ignored=[misspelt]))
    assert kinds(verdict) == [IgnoredDoesNotExist, NothingMissing]
