"""May it be deployed? What must hold of every verdict, and the rules one by one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from matrices import FINDINGS, LIVE, ROWS, integration, numbered, question, resolved, row

from contracts.model.matrix import Ignored, Numbered, OnBranch, Selector, Tagged, Wanted
from contracts.model.reasons import (
    IgnoredDoesNotExist,
    NeverVerified,
    NoEnvironmentSpecified,
    NothingMissing,
    RequiredResultMissing,
    SelectorWithoutVersionNumber,
    SpecifiedVersionDoesNotExist,
    Successful,
    VerificationFailed,
)
from contracts.model.verdicts import Findings, judge


ABSENT = resolved(1, Wanted(criteria=(Numbered(number="9"),)))


def findings(*rows, **more):
    """What was found for Till's version 1, unless *more* says otherwise."""
    return Findings(
        **{"question": question(), "resolved": [numbered(1, 1)], "integrations": [], "rows": list(rows), **more}
    )


def kinds(verdict):
    return [type(each) for each in verdict.reasons]


@given(FINDINGS, st.randoms())
def test_the_order_of_rows_never_changes_a_verdict(found, random):
    shuffled = replace(found, rows=random.sample(found.rows, len(found.rows)))
    before, after = judge(found), judge(shuffled)
    assert replace(before, reasons=()) == replace(after, reasons=())
    assert set(before.reasons) == set(after.reasons)


@given(FINDINGS, ROWS)
def test_a_new_success_never_turns_yes_into_no(found, new):
    success = row(
        new.consumer_id, int(new.consumer_version.number), new.provider_id, provider_version=3, result_id=9_999
    )
    if judge(found).deployable is True:
        assert judge(replace(found, rows=[*found.rows, success])).deployable is True


@given(FINDINGS)
def test_a_failure_that_becomes_a_success_never_turns_yes_into_no(found):
    mended = [replace(each, result=each.result and replace(each.result, success=True)) for each in found.rows]
    if judge(found).deployable is True:
        assert judge(replace(found, rows=mended)).deployable is True


@given(FINDINGS, ROWS)
def test_a_new_failure_never_gives_a_yes(found, new):
    failure = row(new.consumer_id, 1, new.provider_id, provider_version=3, success=False)
    assert judge(replace(found, rows=[*found.rows, failure])).deployable is not True


@given(FINDINGS)
def test_every_no_and_every_unknown_has_a_reason_and_no_yes_has_one_against_it(found):
    verdict = judge(found)
    errors = [each for each in verdict.notices if each.type == "error"]
    assert bool(errors) == (verdict.deployable is not True)
    assert verdict.reason


@given(FINDINGS)
def test_a_yes_says_so_once(found):
    verdict = judge(found)
    successes = [each for each in verdict.notices if each.type == "success"]
    assert len(successes) == (1 if verdict.deployable is True else 0)


@given(FINDINGS)
def test_every_row_is_counted_once(found):
    verdict = judge(found)
    assert verdict.success + verdict.failed + verdict.unknown == len(found.rows) + len(found.without_a_row)
    assert verdict.ignored == (len(found.ignored_rows) if found.question.ignored else None)


def test_nothing_to_keep_is_a_yes():
    verdict = judge(findings())
    assert (verdict.deployable, kinds(verdict)) == (True, [NothingMissing])


def test_successes_alone_are_a_yes():
    verdict = judge(findings(row(provider_version=5)))
    assert (verdict.deployable, verdict.success, kinds(verdict)) == (True, 1, [Successful])


def test_a_failure_is_a_no():
    verdict = judge(findings(row(provider_version=5), row(provider_version=6, success=False)))
    assert (verdict.deployable, verdict.failed, kinds(verdict)) == (False, 1, [VerificationFailed])


def test_what_is_not_known_beats_a_failure():
    verdict = judge(findings(row(provider=4), row(provider_version=6, success=False)))
    assert (verdict.deployable, verdict.unknown) == (None, 1)
    assert kinds(verdict) == [NeverVerified, VerificationFailed]


def test_a_required_pair_without_a_row_is_not_known():
    verdict = judge(findings(integrations=[integration(), integration(provider=4, required=False)]))
    assert (verdict.deployable, verdict.unknown, kinds(verdict)) == (None, 1, [RequiredResultMissing])


def test_a_row_that_is_ignored_says_something_about_its_pair():
    ignoring = question(ignored=(Ignored(pacticipant="Ledger"),))
    verdict = judge(findings(question=ignoring, integrations=[integration()], ignored_rows=[row()]))
    assert (verdict.deployable, verdict.unknown, verdict.ignored) == (True, 0, 1)


def test_a_version_that_does_not_exist_is_a_no_and_says_nothing_else():
    verdict = judge(findings(row(), resolved=[ABSENT]))
    assert (verdict.deployable, verdict.unknown, kinds(verdict)) == (False, 1, [SpecifiedVersionDoesNotExist])


def test_a_version_that_does_not_exist_is_no_matter_where_its_application_is_ignored():
    ignoring = question(ignored=(Ignored(pacticipant="Till"),))
    assert judge(findings(question=ignoring, resolved=[ABSENT])).deployable is True


def test_to_ignore_another_version_does_not_make_an_absent_one_exist():
    ignoring = question(ignored=(Ignored(pacticipant="Till", version="3"),))
    assert judge(findings(question=ignoring, resolved=[ABSENT])).deployable is False


def test_an_application_of_the_scope_without_a_version_is_no_matter():
    elsewhere = resolved(2, LIVE.wanted, specified=False)
    assert judge(findings(resolved=[numbered(1, 1), elsewhere])).deployable is True


def test_a_single_version_without_a_place_to_go_is_warned_about():
    verdict = judge(findings(question=question(others=None)))
    assert kinds(verdict) == [NoEnvironmentSpecified, NothingMissing]


def test_a_version_that_may_be_another_tomorrow_is_warned_about():
    head = Wanted(criteria=(OnBranch(branch="main"),), latest=True)
    asked = question(Selector(pacticipant="Till", wanted=head))
    assert kinds(judge(findings(question=asked, resolved=[resolved(1, head, 1)]))) == [
        SelectorWithoutVersionNumber,
        NothingMissing,
    ]


def test_one_number_among_the_selectors_is_enough():
    tagged = Selector(pacticipant="Kiosk", wanted=Wanted(criteria=(Tagged(tag="prod"),)))
    asked = question(*question().selectors, tagged)
    assert kinds(judge(findings(question=asked))) == [NothingMissing]


def test_a_slip_in_what_is_to_be_ignored_is_warned_about():
    slip = Ignored(pacticipant="Leger")
    verdict = judge(findings(question=question(ignored=(slip,)), unknown_ignored=[slip]))
    assert kinds(verdict) == [IgnoredDoesNotExist, NothingMissing]
