"""Which contents are verified, for a branch, for tags, or at all."""

from __future__ import annotations

import pytest
from estates import Estate, statements

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import pacticipants, pending
from contracts.model.metadata import Metadata
from contracts.model.pending import Beginnings, ProviderRef, judge


@pytest.fixture
def estate(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a", branch="main")
    return estate


@pytest.fixture
def is_pending(estate, clock):
    """Whether Till's content is pending for a provider."""

    def is_pending(**provider):
        clock.forward(seconds=1)
        return judged(estate, ProviderRef(**provider)).pending

    return is_pending


def judged(estate, provider):
    content = estate.pact("Till", "1").pact_version_id
    with estate.broker.database.reading() as connection:
        first_uses = pending.beginnings(connection, pacticipants.find(connection, "Ledger").id, provider)
        return judge(provider, pending.successes(connection, provider, first_uses, [content]), content)


def test_without_branch_or_tag_any_success_ends_it(estate, is_pending):
    assert is_pending()
    estate.verify("Till", "1", by="1", success=False)
    assert is_pending()
    estate.verify("Till", "1", by="2")
    estate.verify("Till", "1", by="3", success=False)
    assert not is_pending()


def test_a_success_of_work_in_progress_ends_it(estate, is_pending):
    estate.verify("Till", "1", by="2", metadata=Metadata(wip=True))
    assert not is_pending()


def test_a_branch_has_its_own_successes(estate, is_pending):
    estate.version("Ledger", "9", branch="early")
    estate.version("Ledger", "10", branch="main")
    is_pending(branch="main")
    estate.verify("Till", "1", by="10")
    assert not is_pending(branch="main")
    assert is_pending(branch="early")


def test_a_branch_inherits_the_successes_before_it(estate, is_pending):
    estate.version("Ledger", "10", branch="main")
    estate.verify("Till", "1", by="10")
    assert not is_pending(branch="unborn")
    estate.version("Ledger", "11", branch="born")
    assert not is_pending(branch="born")


def test_a_version_without_branch_ends_it_for_no_branch_until_it_joins_one(estate, is_pending):
    estate.verify("Till", "1", by="1")
    assert is_pending(branch="unborn")
    estate.version("Ledger", "2", branch="main")
    assert is_pending(branch="main")
    estate.version("Ledger", "1", branch="main")
    assert not is_pending(branch="main")


def test_a_branch_wins_over_tags(estate, is_pending):
    estate.version("Ledger", "10", tags=("prod",))
    estate.version("Ledger", "11", branch="main")
    is_pending()
    estate.verify("Till", "1", by="10")
    assert not is_pending(tags=("prod",))
    assert is_pending(branch="main", tags=("prod",))


def test_a_tag_has_its_own_successes_and_those_with_another_before_its_first_use(estate, is_pending):
    estate.version("Ledger", "9", tags=("early",))
    estate.version("Ledger", "10", tags=("dev",))
    is_pending()
    estate.verify("Till", "1", by="10")
    assert not is_pending(tags=("dev",))
    assert is_pending(tags=("early",))
    assert not is_pending(tags=("unused",))


def test_a_version_without_tags_ends_it_for_no_tag(estate, is_pending):
    estate.verify("Till", "1", by="1")
    assert is_pending(tags=("dev",))


def test_of_several_tags_one_that_is_missing_suffices_and_is_named(estate, is_pending):
    estate.version("Ledger", "9", tags=("early",))
    estate.version("Ledger", "10", tags=("dev",))
    is_pending()
    estate.verify("Till", "1", by="10")
    verdict = judged(estate, ProviderRef(tags=("dev", "early")))
    assert verdict.pending
    assert verdict.subject.endswith("with tag early")
    verdict = judged(estate, ProviderRef(tags=("dev", "unused")))
    assert not verdict.pending
    assert verdict.subject.endswith("with tags dev, unused")


def test_a_branch_begins_with_the_version_that_was_put_on_it_first(estate, clock):
    estate.version("Ledger", "1")
    created = clock()
    clock.forward(hours=1)
    put_first = clock()
    estate.version("Ledger", "2", branch="main")
    clock.forward(hours=1)
    estate.version("Ledger", "1", branch="main")
    with estate.broker.database.reading() as connection:
        ledger = pacticipants.find(connection, "Ledger").id
        first_uses = pending.beginnings(connection, ledger, ProviderRef(branch="main"))
        assert pending.beginnings(connection, ledger, ProviderRef(branch="none")) == Beginnings()
        assert pending.beginnings(connection, ledger, ProviderRef()) == Beginnings()
    assert first_uses.first_version_created_at == put_first
    assert first_uses.branch_created_at > created


@pytest.mark.parametrize("provider", [ProviderRef(), ProviderRef(branch="main"), ProviderRef(tags=("a", "b"))])
def test_it_takes_one_statement_for_all_contents_and_none_for_none(estate, provider, database):
    estate.publish("Till", "2", "b")
    contents = [estate.pact("Till", each).pact_version_id for each in ("1", "2")]
    with database.reading() as connection, statements(database) as executed:
        pending.successes(connection, provider, Beginnings(), contents)
        assert len(executed) == 1
        assert set(pending.successes(connection, provider, Beginnings(), [])) == set(provider.scopes)
    assert len(executed) == 1
