"""May it be deployed? Questions answered over an estate of applications."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import partial

import pytest
from estates import Estate, scans, statements

from contracts.broker.actions import decide, remove
from contracts.broker.store import pacticipants, versions
from contracts.model.criteria import InEnvironment, Numbered, OnBranch, Tagged
from contracts.model.matrix import DEFAULT_LIMIT, Ignored, MatrixQuestion, Selector, VersionFilter
from contracts.model.matrix_rows import LatestBy
from contracts.model.reasons import IgnoredDoesNotExist, SelectorWithoutVersionNumber
from contracts.model.verdicts import Policy


NAMES = ("Till", "Ledger")
CVPV = LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION


def numbered(name, number):
    return Selector(pacticipant=name, version_filter=VersionFilter(criteria=(Numbered(number=number),)))


@pytest.fixture
def estate(broker):
    """Till with contracts for Ledger and Stock; Stock is deployed, and Ledger 10, which has a result, is not."""
    estate = Estate(broker)
    estate.environment("live")
    estate.publish("Till", "1", "a", branch="main", tags=("dev",))
    estate.publish("Till", "1", "s", provider="Stock")
    estate.version("Ledger", "10", branch="main")
    estate.verify("Till", "1", by="10")
    estate.version("Stock", "7", branch="main", tags=("prod",))
    estate.verify("Till", "1", by="7", provider="Stock")
    estate.deploy("Stock", "7", "live")
    return estate


@pytest.fixture
def ask(estate):
    """The answer of one of the questions of `decide`."""

    def ask(question, *arguments):
        with estate.broker.database.reading() as connection:
            return question(connection, *arguments)

    return ask


@pytest.fixture
def to_live(ask):
    def to_live(name, number, *ignored):
        return ask(decide.can_i_deploy, numbered(name, number), decide.to_environment("live"), ignored)

    return to_live


def test_a_consumer_waits_for_every_provider_to_be_there(estate, to_live):
    answer = to_live("Till", "1")
    assert (answer.verdict.deployable, answer.verdict.success, answer.verdict.unknown) == (None, 1, 1)
    assert "a version of Ledger now in live (none exists)" in answer.verdict.reason

    estate.deploy("Ledger", "10", "live")
    assert to_live("Till", "1").verdict.deployable is True


def test_a_provider_is_held_to_the_consumers_that_are_there(estate, to_live):
    estate.publish("Till", "2", "b", branch="main")
    assert to_live("Ledger", "10").verdict.deployable is True
    estate.deploy("Till", "2", "live")
    assert to_live("Ledger", "10").verdict.deployable is None
    estate.verify("Till", "2", by="10", success=False)
    assert to_live("Ledger", "10").verdict.deployable is False


def test_one_of_two_provider_versions_in_a_place_may_lack_a_result(estate, to_live, ask):
    """As with the reference broker; but a warning tells of it, and a strict answer awaits it."""
    estate.deploy("Ledger", "10", "live")
    estate.version("Ledger", "11")
    estate.deploy("Ledger", "11", "live", target="blue")
    verdict = to_live("Till", "1").verdict
    assert verdict.deployable is True
    assert [each.type for each in verdict.notices] == ["warning", "success"]
    assert "version 11 of Ledger (now in live) has no result for the contract of version 1 of Till" in verdict.reason
    assert "Every required verification result exists" not in verdict.reason
    assert to_live("Till", "1", Ignored(pacticipant="Ledger", version="11")).verdict.notices[0].type == "success"

    strict = partial(
        ask,
        partial(decide.can_i_deploy, policy=Policy(every_version=True)),
        numbered("Till", "1"),
        decide.to_environment("live"),
    )
    answer = strict()
    assert (answer.verdict.deployable, answer.verdict.success, answer.verdict.unknown) == (None, 2, 1)
    assert [row.provider_version.number for row in answer.rows if row.success is None] == ["11"]
    estate.verify("Till", "1", by="11")
    assert strict().verdict.deployable is True
    assert [each.type for each in to_live("Till", "1").verdict.notices] == ["success"]
    estate.verify("Till", "1", by="11", success=False)
    assert to_live("Till", "1").verdict.deployable is False


def test_an_ignored_version_is_shown_but_does_not_count(to_live):
    answer = to_live("Till", "1", Ignored(pacticipant="Ledger"))
    assert (answer.verdict.deployable, answer.verdict.ignored) == (True, 1)
    assert [row.provider for row in answer.ignored_rows] == ["Ledger"]


def test_a_version_can_be_ignored(to_live):
    answer = to_live("Till", "1", Ignored(pacticipant="Stock", version="7"))
    assert [row.provider for row in answer.ignored_rows] == ["Stock"]
    assert answer.verdict.reasons[0].type == "error"


@pytest.mark.parametrize("ignored", [Ignored(pacticipant="Stck"), Ignored(pacticipant="Stock", version="8")])
def test_an_ignore_selector_that_matches_nothing_leads_to_a_warning(to_live, ignored):
    answer = to_live("Till", "1", ignored)
    assert answer.verdict.reasons[0] == IgnoredDoesNotExist(ignored=ignored)


def test_to_a_tag_only_the_latest_version_with_it_counts(estate, ask):
    scope = decide.to_tag("prod")
    assert ask(decide.can_i_deploy, numbered("Till", "1"), scope).verdict.unknown == 1
    estate.version("Ledger", "10", tags=("prod",))
    assert ask(decide.can_i_deploy, numbered("Till", "1"), scope).verdict.deployable is True
    estate.version("Ledger", "11", tags=("prod",))
    assert ask(decide.can_i_deploy, numbered("Till", "1"), scope).verdict.deployable is None


def test_a_tag_or_a_branch_selects_its_latest_version(ask):
    from_tag = ask(decide.from_tag, "Till", "dev", "prod")
    from_branch = ask(decide.from_branch, "Till", "main", "live")
    for answer in (from_tag, from_branch):
        assert answer.verdict.reasons[0] == SelectorWithoutVersionNumber()
        assert {row.consumer_version.number for row in answer.rows} == {"1"}


def test_a_merge_is_judged_by_the_heads_of_main_branches(estate, ask):
    assert ask(decide.can_i_merge, "Till").verdict.deployable is True
    estate.version("Ledger", "11", branch="main")
    assert ask(decide.can_i_merge, "Till").verdict.deployable is None


@pytest.mark.parametrize(
    ("question", "arguments", "what"),
    [
        (decide.from_tag, ("Nobody", "dev", "prod"), "pacticipant"),
        (decide.from_tag, ("Till", "none", "prod"), "version"),
        (decide.from_branch, ("Nobody", "main", "live"), "pacticipant"),
        (decide.from_branch, ("Till", "none", "live"), "branch"),
        (decide.from_branch, ("Till", "main", "none"), "environment"),
        (decide.can_i_merge, ("Nobody",), "pacticipant"),
    ],
)
def test_a_missing_start_of_a_question_is_named(ask, question, arguments, what):
    with pytest.raises(decide.Absent) as caught:
        ask(question, *arguments)
    assert caught.value.what == what


def test_an_application_without_a_main_branch_cannot_be_merged(estate, ask):
    estate.version("Lone", "1")
    with pytest.raises(decide.Absent, match="main branch"):
        ask(decide.can_i_merge, "Lone")


def test_a_branch_that_lost_its_versions_has_none_to_deploy(estate, ask):
    estate.version("Till", "2", branch="gone")
    with estate.broker.database.writing() as connection:
        removed = versions.find(connection, pacticipants.find(connection, "Till").id, "2")
        remove.version(connection, removed)
    with pytest.raises(decide.Absent) as caught:
        ask(decide.from_branch, "Till", "gone", "live")
    assert caught.value.what == "version"


def test_unknown_names_are_reported_together(ask):
    question = MatrixQuestion(
        selectors=(Selector(pacticipant="Nobody"), Selector(pacticipant="No"), Selector(pacticipant="Till")),
        others=decide.to_environment("none"),
    )
    with pytest.raises(decide.UnknownNames) as caught:
        ask(decide.answer, question)
    assert (caught.value.pacticipants, caught.value.environment) == (("Nobody", "No"), "none")
    assert len(caught.value.errors) == 3
    assert ask(decide.unknown_names, ["Till", "Nobody"], None).pacticipants == ("Nobody",)
    assert ask(decide.unknown_names, ["Till"], "live") is None


def test_an_application_without_contracts_may_go_anywhere(estate, to_live):
    estate.version("Lone", "1")
    answer = to_live("Lone", "1")
    assert (answer.rows, answer.verdict.deployable) == ([], True)


def test_between_selectors_only_their_own_pairs_count(ask):
    question = MatrixQuestion(selectors=(numbered("Till", "1"), numbered("Ledger", "10")), latest_by=CVPV)
    answer = ask(decide.answer, question)
    assert [row.provider for row in answer.rows] == ["Ledger"]
    assert answer.verdict.deployable is True


def test_a_selector_without_a_version_needs_nothing_of_its_providers(ask):
    absent = Selector(
        pacticipant="Till", version_filter=VersionFilter(criteria=(OnBranch(branch="none"),), latest=True)
    )
    verdict = ask(decide.answer, MatrixQuestion(selectors=(absent, numbered("Ledger", "10")))).verdict
    assert (verdict.deployable, verdict.unknown) == (False, 0)


def test_only_rows_with_the_requested_results_remain(ask):
    question = MatrixQuestion(selectors=(Selector(pacticipant="Till"),), successes=frozenset({False}))
    answer = ask(decide.answer, question)
    assert (answer.rows, answer.verdict.unknown) == ([], 2)


def test_a_single_selector_without_a_version_has_no_rows(ask):
    tagged = Selector(pacticipant="Till", version_filter=VersionFilter(criteria=(Tagged(tag="none"),)))
    assert ask(decide.answer, MatrixQuestion(selectors=(tagged,))).rows == []


def test_an_answer_takes_five_statements_however_many_providers(estate):
    for number in range(20):
        estate.publish("Till", "1", f"p{number}", provider=f"Provider{number}")
    with (
        estate.broker.database.reading() as connection,
        statements(estate.broker.database) as executed,
    ):
        answer = decide.can_i_deploy(connection, numbered("Till", "1"), decide.to_environment("live"))
    assert len(answer.rows) == 22
    assert len(executed) == 5


@pytest.mark.parametrize(
    "question",
    [
        MatrixQuestion(selectors=(numbered("Till", "1"),), others=decide.to_environment("live"), latest_by=CVPV),
        MatrixQuestion(selectors=(numbered("Ledger", "10"),), others=decide.to_tag("prod"), latest_by=LatestBy("cvp")),
        MatrixQuestion(selectors=(numbered("Till", "1"),), others=decide.to_main_branch(), latest_by=LatestBy("cvp")),
        MatrixQuestion(selectors=(numbered("Till", "1"),)),
        MatrixQuestion(selectors=(Selector(pacticipant="Till"),), latest_by=CVPV),
        MatrixQuestion(selectors=(Selector(pacticipant="Ledger"),)),
        MatrixQuestion(selectors=(Selector(pacticipant="Till"), Selector(pacticipant="Ledger")), latest_by=CVPV),
        MatrixQuestion(selectors=(numbered("Till", "1"), Selector(pacticipant="Ledger")), latest_by=LatestBy("cvp")),
        MatrixQuestion(
            selectors=(Selector(pacticipant="Till", version_filter=VersionFilter(latest=True)),),
            others=decide.to_tag("prod"),
        ),
    ],
)
def test_no_question_reads_a_whole_table(estate, question):
    with scans(estate.broker.database) as scanned_tables, estate.broker.database.reading() as connection:
        decide.answer(connection, question)
    assert scanned_tables == []


def test_a_limit_makes_no_yes(estate, ask, clock):
    """A later publication takes the place of the row that makes it a no."""
    estate.verify("Till", "1", by="11", success=False)
    clock.forward(seconds=1)
    estate.publish("Shop", "1", "a", provider="Stock")
    cut = MatrixQuestion(selectors=(numbered("Ledger", "11"),), latest_by=CVPV, limit=1)

    answer = ask(decide.answer, cut)

    assert (answer.verdict.deployable, len(answer.rows)) == (False, 1)
    good = MatrixQuestion(selectors=(numbered("Ledger", "10"),), latest_by=CVPV, limit=1)
    assert (ask(decide.answer, good).verdict.deployable, len(ask(decide.answer, good).rows)) == (True, 0)


@pytest.mark.parametrize("latest_by", [None, *LatestBy])
@pytest.mark.parametrize(
    "names", [("Till", "Ledger"), *(pytest.param((name,), marks=pytest.mark.thorough) for name in NAMES)]
)
def test_no_limit_makes_a_yes_for_any_grouping(estate, ask, clock, names, latest_by):
    """The oldest of many pacts failed, or the newest, or none of them has a result."""
    selectors = tuple(Selector(pacticipant=each) for each in names)
    generator = random.Random(f"{names} {latest_by}")  # noqa: S311, an estate and no secret
    for number in range(2, 14):
        clock.forward(seconds=1)
        estate.publish("Till", str(number), f"content {number // 2}")
        for by in generator.sample(["10", "11"], generator.choice([0, 1, 2])):
            estate.verify("Till", str(number), by=by, success=generator.random() > 0.2)
        for ignored in ((), (Ignored(pacticipant="Ledger", version="11"), Ignored(pacticipant="Stock"))):
            grouped = partial(MatrixQuestion, selectors=selectors, latest_by=latest_by, ignored=ignored)
            whole = ask(decide.answer, grouped(limit=1_000)).verdict.deployable
            for limit in (1, 2, 5):
                cut = ask(decide.answer, grouped(limit=limit)).verdict.deployable
                assert (cut is True) == (whole is True) or cut is None


def test_a_listing_has_rows_without_a_verdict(estate, ask, clock):
    """The newest rows, and their number, counted up to a maximum."""
    for number in range(2, 6):
        clock.forward(seconds=1)
        estate.publish("Till", str(number), f"p{number}")
    question = MatrixQuestion(selectors=(Selector(pacticipant="Till"), Selector(pacticipant="Ledger")), most=2)

    listing = ask(partial(decide.between, question=question, count_to=10))

    assert [row.consumer_version.number for row in listing.rows] == ["5", "4"]
    assert (listing.total, listing.missing) == (5, [])
    assert ask(partial(decide.between, question=question, count_to=3)).total == 3


def test_each_version_in_an_environment_has_a_row_and_a_missing_version_is_reported(estate, ask):
    estate.version("Ledger", "11", branch="main")
    estate.deploy("Ledger", "10", "live", target="a")
    estate.deploy("Ledger", "11", "live", target="b")
    place = Selector(pacticipant="Ledger", version_filter=VersionFilter(criteria=(InEnvironment(environment="live"),)))

    question = MatrixQuestion(selectors=(Selector(pacticipant="Till"), place))

    listing = ask(partial(decide.between, question=question, count_to=10))

    assert {(row.provider_version.number, row.success) for row in listing.rows} == {("10", True), ("11", None)}
    assert listing.total == 2
    unknown = MatrixQuestion(selectors=(numbered("Till", "9"), Selector(pacticipant="Ledger")))
    listing = ask(partial(decide.between, question=unknown, count_to=10))
    assert (listing.rows, listing.total, [each.pacticipant for each in listing.missing]) == ([], 0, ["Till"])


def test_a_listing_does_not_group_its_rows(ask):
    grouped = MatrixQuestion(selectors=(Selector(pacticipant="Till"), Selector(pacticipant="Ledger")), latest_by=CVPV)
    with pytest.raises(ValueError, match="Leave out latest_by"):
        ask(partial(decide.between, question=grouped, count_to=10))


@pytest.mark.thorough
def test_the_usual_limit_makes_no_yes_either(estate, ask, clock):
    """Nobody asks for it, and the oldest of more pacts than it takes says no."""
    estate.publish("Shop", "0", "broken", provider="Stock")
    estate.verify("Shop", "0", by="7", provider="Stock", success=False)
    for number in range(1, DEFAULT_LIMIT + 2):
        clock.forward(seconds=1)
        estate.publish("Shop", str(number), f"p{number}", provider="Stock")
        estate.verify("Shop", str(number), by="7", provider="Stock")
    question = MatrixQuestion(selectors=(Selector(pacticipant="Shop"), numbered("Stock", "7")), latest_by=CVPV)

    answer = ask(decide.answer, question)

    assert (answer.verdict.deployable, answer.verdict.failed, len(answer.rows)) == (False, 1, DEFAULT_LIMIT + 1)
    only_successes = replace(question, successes=frozenset({True}))
    assert ask(decide.answer, only_successes).verdict.deployable is True
