"""The rows of the matrix."""

from __future__ import annotations

import itertools

import pytest
from estates import Estate, statements
from sqlalchemy import select, text

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.matrix import rows as matrix_rows
from contracts.broker.store.tables import integrations, pacticipants, versions
from contracts.model.criteria import Numbered
from contracts.model.matrix import Limit, Resolved, VersionFilter
from contracts.model.matrix_rows import LatestBy
from contracts.model.versions import VersionRef


CVPV = LatestBy.CONSUMER_VERSION_AND_PROVIDER_VERSION
CVP = LatestBy.CONSUMER_VERSION_AND_PROVIDER


class Rows:
    """Asks for rows by names, and shows them as `consumer version > provider version result`."""

    def __init__(self, estate):
        self.database = estate.broker.database

    def __enter__(self):
        self._reading = self.database.reading()
        self.connection = self._reading.__enter__()
        self.ids = dict(self.connection.execute(select(pacticipants.c.name, pacticipants.c.id)).all())
        rows = self.connection.execute(select(versions.c.pacticipant_id, versions.c.number, versions.c.id))
        pairs = self.connection.execute(select(integrations.c.consumer_id, integrations.c.provider_id))
        self.pairs = [tuple(each) for each in pairs]
        self.version_ids = {(row.pacticipant_id, row.number): row.id for row in rows}
        return self

    def __exit__(self, *raised):
        self._reading.__exit__(*raised)

    def version_id(self, name, number):
        return self.version_ids[self.ids[name], number]

    def between(self, *given_versions, names=(), others=(), latest_by=CVPV, limit=None, among_all=False):
        resolved = [self.resolved(name, others, VersionFilter(criteria=(Numbered(number="0"),))) for name in others]
        resolved += [self.resolved(name, others, VersionFilter()) for name in names]
        for name, number in given_versions:
            version = VersionRef(id=self.version_id(name, number), pacticipant=name, number=number)
            resolved.append(self.resolved(name, others, VersionFilter(criteria=(Numbered(number=number),)), version))
        mentioned = {each.pacticipant_id for each in resolved}
        specified = {each.pacticipant_id for each in resolved if each.specified}
        pairs = [pair for pair in self.pairs if mentioned.issuperset(pair) and not specified.isdisjoint(pair)]
        arguments = self.connection, resolved, pairs
        cut = Limit(rows=limit or 1_000, among_all=among_all) if limit or names else None
        rows = matrix_rows.between(*arguments, latest_by=latest_by, cut=cut)
        if not limit and latest_by is None:
            for most in (1, len(rows), 1_000):
                count = matrix_rows.count_between(*arguments, most=most)
                assert count == min(most, len(rows))
        return self.shown(rows, limit)

    def resolved(self, name, others, version_filter, version=None):
        specified = name not in others
        return Resolved(
            pacticipant_id=self.ids[name],
            pacticipant=name,
            version_filter=version_filter,
            specified=specified,
            version=version,
        )

    def around(self, name, number=None, *, latest_by=CVPV, limit=None, among_all=False):
        rows = matrix_rows.around(
            self.connection,
            pacticipant_id=self.ids[name],
            version_id=None if number is None else self.version_id(name, number),
            latest_by=latest_by,
            cut=Limit(rows=limit or 1_000, among_all=among_all) if limit or number is None else None,
        )
        return self.shown(rows, limit)

    @staticmethod
    def shown(rows, limit):
        texts = []
        for each in rows:
            result = "?" if each.result is None else f"{each.result.provider_version.number} {each.result.success}"
            texts.append(f"{each.consumer} {each.consumer_version.number} > {each.provider} {result}")
        return texts if limit else sorted(texts)


@pytest.fixture
def estate(database, clock):
    """Till and Kiosk with pacts for Ledger; results of Ledger's versions 10 and 11, one of them twice."""
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))

    def then(do, *arguments, **more):
        clock.forward(seconds=1)
        do(*arguments, **more)

    then(estate.publish, "Till", "1", "a")
    then(estate.publish, "Till", "2", "b")
    then(estate.publish, "Kiosk", "1", "k")
    then(estate.verify, "Till", "1", by="10", success=False)
    then(estate.verify, "Till", "1", by="10")
    then(estate.verify, "Till", "1", by="11", success=False)
    then(estate.verify, "Kiosk", "1", by="11")
    then(estate.publish, "Till", "3", "c")
    return estate


@pytest.fixture
def rows(estate):
    with Rows(estate) as rows:
        yield rows


def test_between_versions_are_the_results_they_gave(rows):
    assert rows.between(("Till", "1"), ("Ledger", "10")) == ["Till 1 > Ledger 10 True"]
    assert rows.between(("Till", "1"), ("Till", "2"), ("Ledger", "11")) == [
        "Till 1 > Ledger 11 False",
        "Till 2 > Ledger ?",
    ]


def test_every_result_is_a_row_if_the_question_has_no_grouping(rows):
    assert rows.between(("Till", "1"), ("Ledger", "10"), latest_by=None) == [
        "Till 1 > Ledger 10 False",
        "Till 1 > Ledger 10 True",
    ]


def test_by_consumer_version_the_greatest_version_that_counts_remains(rows):
    both = [("Till", "1"), ("Ledger", "10"), ("Ledger", "11")]
    assert rows.between(*both, latest_by=CVP) == ["Till 1 > Ledger 11 False"]
    assert rows.between(*both[:2], latest_by=CVP) == ["Till 1 > Ledger 10 True"]


def test_the_greatest_version_stays_the_greatest_when_the_database_has_statistics(database, clock):
    """SQLite before 3.42 once took the smallest then: a version that fails passed for one that succeeds."""
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    for number in range(6):
        estate.publish("Till", str(number), f"content {number}")
        estate.verify("Till", str(number), by="10")
        estate.verify("Till", str(number), by="11", success=False)
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))

    with Rows(estate) as rows:
        several = [("Till", "1"), ("Ledger", "10"), ("Ledger", "11")]
        assert rows.between(*several, latest_by=CVP) == ["Till 1 > Ledger 11 False"]


def test_between_names_any_version_counts(rows):
    assert rows.between(names=["Till", "Ledger"]) == [
        "Till 1 > Ledger 10 True",
        "Till 1 > Ledger 11 False",
        "Till 2 > Ledger ?",
        "Till 3 > Ledger ?",
    ]


def test_a_name_and_a_version_can_be_mixed(rows):
    assert rows.between(("Till", "1"), names=["Ledger"]) == ["Till 1 > Ledger 10 True", "Till 1 > Ledger 11 False"]
    assert rows.between(("Ledger", "10"), names=["Till"]) == [
        "Till 1 > Ledger 10 True",
        "Till 2 > Ledger ?",
        "Till 3 > Ledger ?",
    ]


def test_of_an_application_without_a_version_no_result_counts(rows):
    assert rows.between(names=["Kiosk"], others=["Ledger"]) == ["Kiosk 1 > Ledger ?"]


def test_a_row_has_one_of_the_applications_of_the_question(rows):
    assert rows.between(names=["Till", "Ledger", "Kiosk"])[0] == "Kiosk 1 > Ledger 11 True"
    with_others = rows.between(("Till", "2"), others=["Kiosk", "Ledger"])
    assert with_others == ["Till 2 > Ledger ?"]


def test_around_a_consumer_version_are_its_pacts_with_all_results(rows):
    assert rows.around("Till", "1") == ["Till 1 > Ledger 10 True", "Till 1 > Ledger 11 False"]
    assert rows.around("Till", "1", latest_by=CVP) == ["Till 1 > Ledger 11 False"]
    assert rows.around("Till", "2") == ["Till 2 > Ledger ?"]


def test_around_a_provider_version_are_the_results_it_gave(rows):
    assert rows.around("Ledger", "11") == ["Kiosk 1 > Ledger 11 True", "Till 1 > Ledger 11 False"]
    assert rows.around("Ledger", "10", latest_by=None) == ["Till 1 > Ledger 10 False", "Till 1 > Ledger 10 True"]


def test_around_a_name_are_its_pacts_and_the_results_it_gave(rows):
    assert rows.around("Till") == rows.between(names=["Till", "Ledger"])
    assert rows.around("Ledger", latest_by=CVP) == ["Kiosk 1 > Ledger 11 True", "Till 1 > Ledger 11 False"]


def test_a_limit_keeps_the_last_actions(rows):
    last_three = ["Till 3 > Ledger ?", "Till 1 > Ledger 11 False", "Till 1 > Ledger 10 True"]
    for latest_by, limit, expected in (
        (None, 1, last_three[:1]),
        (None, 3, last_three),
        (CVPV, 3, last_three),
        (CVP, 3, [*last_three[:2], "Till 2 > Ledger ?"]),
    ):
        assert rows.around("Till", latest_by=latest_by, limit=limit) == expected
        assert rows.between(names=["Till", "Ledger"], latest_by=latest_by, limit=limit) == expected


def test_a_limit_keeps_the_last_results_of_a_version(rows):
    assert rows.around("Ledger", "11", limit=1) == ["Kiosk 1 > Ledger 11 True"]
    assert rows.around("Ledger", "10", latest_by=None, limit=1) == ["Till 1 > Ledger 10 True"]


def test_a_limit_among_all_counts_the_pacts_of_everybody(estate, clock):
    """The newest pact, of Shop, is not one of the question, or the question names neither of its applications."""
    clock.forward(seconds=1)
    estate.publish("Shop", "1", "a", provider="Stock")
    with Rows(estate) as rows:
        for name, number in (("Till", None), ("Till", "3"), ("Ledger", None), ("Ledger", "11")):
            for latest_by in (None, CVP, CVPV):
                assert rows.around(name, number, latest_by=latest_by, limit=1, among_all=True) == []
        assert rows.around("Shop", "1", limit=1, among_all=True) == ["Shop 1 > Stock ?"]
        named = {"names": ["Till"], "others": ["Shop", "Stock", "Ledger"], "limit": 1}
        assert rows.between(("Shop", "1"), **named) == ["Till 3 > Ledger ?"]
        assert rows.between(("Shop", "1"), **named, among_all=True) == []


def test_contracts_published_at_once_are_cut_by_provider(estate):
    estate.publish("Shop", "1", "a", provider="Stock")
    estate.publish("Shop", "1", "b", provider="Ledger")
    with Rows(estate) as rows:
        assert rows.around("Shop", limit=1) == ["Shop 1 > Ledger ?"]


def test_an_application_can_be_its_own_provider(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Loop", "1", "a", provider="Loop")
    estate.verify("Loop", "1", by="1", provider="Loop")
    estate.verify("Loop", "1", by="2", provider="Loop", success=False)
    with Rows(estate) as rows:
        assert rows.around("Loop", "1") == ["Loop 1 > Loop 1 True", "Loop 1 > Loop 2 False"]
        assert rows.around("Loop", "2") == ["Loop 1 > Loop 2 False"]


def test_an_earlier_revision_is_a_row_only_among_every(database, clock):
    settings = Settings(allow_dangerous_contract_modification=True)
    estate = Estate(Runtime(settings=settings, database=database, now=clock))
    estate.publish("Till", "1", "a")
    estate.verify("Till", "1", by="10")
    estate.publish("Till", "1", "b")
    with Rows(estate) as rows:
        assert rows.around("Till", "1") == ["Till 1 > Ledger ?"]
        assert rows.around("Till", "1", latest_by=None) == ["Till 1 > Ledger 10 True", "Till 1 > Ledger ?"]
        assert rows.around("Till", latest_by=None) == ["Till 1 > Ledger 10 True", "Till 1 > Ledger ?"]


def test_rows_take_one_statement(rows):
    with statements(rows.database) as executed:
        rows.between(names=["Till", "Ledger"], limit=100)
        rows.around("Till", "1")
    assert len(executed) == 2


@pytest.mark.parametrize("portal", [True, False], ids=["of one consumer", "of one provider"])
def test_four_times_the_rows_are_four_times_the_work(database, clock, portal):
    """The database does not try each version on the pacts of all the others; PostgreSQL never does."""
    if not database.sqlite:
        pytest.skip("counts the steps of SQLite")
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    pairs = [("One", f"Other{each}") if portal else (f"Other{each}", "One") for each in range(40)]
    for consumer, provider in pairs:
        estate.publish(consumer, "1", "a", provider=provider)
        estate.verify(consumer, "1", by="1", provider=provider)
    with Rows(estate) as rows:

        def steps(count):
            names = {name for pair in pairs[:count] for name in pair}
            done = itertools.count()
            rows.connection.connection.driver_connection.set_progress_handler(lambda: next(done) < 0, 1)
            assert len(rows.between(*((name, "1") for name in names))) == count
            rows.connection.connection.driver_connection.set_progress_handler(None, 1)
            return next(done)

        assert steps(40) < 5 * steps(10)
