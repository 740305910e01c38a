"""The board of environments: its answers are those of can-i-deploy."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from estates import Estate, statements
from sqlalchemy import select

from contracts.broker.actions import decide
from contracts.broker.store import attestations, board
from contracts.broker.store.tables import verifications
from contracts.model.attestations import Attestation
from contracts.model.board import Replacement
from contracts.model.criteria import Numbered
from contracts.model.matrix import Selector, VersionFilter
from contracts.model.verdicts import Policy


APPLICATIONS = ("App", "Bank", "Cart", "Desk", "Echo")
ENVIRONMENTS = ("test", "live")
ATTESTED = Policy(attested_environments=frozenset({"live"}))
VERDICTS = {True: Replacement.YES, False: Replacement.FAILED, None: Replacement.UNKNOWN}


def fill(estate, seed):
    """Publish, verify and deploy by chance; versions 1 to 3 of each application, the last is the head of main."""
    chance = random.Random(seed)  # noqa: S311, chance that can be repeated

    def often(share):
        return chance.random() < share

    pairs = [each for each in itertools.permutations(APPLICATIONS, 2) if often(1 / 2)]
    for number, name in itertools.product("123", APPLICATIONS):
        estate.version(name, number, branch="main")
    for number, (consumer, provider) in itertools.product("123", pairs):
        if often(2 / 3):
            estate.publish(consumer, number, chance.choice("xyz"), branch="main", provider=provider)
            for by in filter(lambda _: often(5 / 6), "123"):
                estate.verify(consumer, number, by=by, provider=provider, success=often(3 / 4))
    for environment in ENVIRONMENTS:
        estate.environment(environment)
        for name in APPLICATIONS:
            if often(5 / 6):
                estate.deploy(name, chance.choice("123"), environment)
            if often(1 / 4):
                estate.release(name, chance.choice("123"), environment)


def attest(estate, seed):
    """Let trusted builds have published some of the results."""
    chance = random.Random(seed)  # noqa: S311, as above
    build = Attestation(service="CI", issuer="https://ci", repository="org/app", run="1")
    with estate.broker.database.writing() as connection:
        for number in connection.scalars(select(verifications.c.id).order_by(verifications.c.id)).all():
            if chance.random() < 2 / 3:
                attestations.add(connection, number, build, estate.broker.now())


def answer(connection, name, environment, policy):
    """What can-i-deploy says of version 3."""
    selector = Selector(pacticipant=name, version_filter=VersionFilter(criteria=(Numbered(number="3"),)))
    verdict = decide.can_i_deploy(connection, selector, decide.to_environment(environment), policy=policy).verdict
    return VERDICTS[verdict.deployable]


@pytest.mark.parametrize(
    ("seed", "policy"),
    [
        (0, Policy()),
        (26, Policy(every_version=True)),
        (2, ATTESTED),
        (3, replace(ATTESTED, every_version=True)),
    ],
)
def test_each_cell_is_the_answer_of_can_i_deploy(broker, seed, policy):
    estate = Estate(broker)
    fill(estate, seed)
    attest(estate, seed)

    with broker.database.reading() as connection:
        cells = {
            (row.application, environment): cell
            for row in board.rows(connection, board.applications(connection), policy=policy)
            for environment, cell in row.cells.items()
        }
        expected = {
            key: Replacement.CURRENT
            if {each.version for each in cell.running} == {"3"}
            else answer(connection, *key, policy)
            for key, cell in cells.items()
        }

    assert {key: cell.replacement for key, cell in cells.items()} == expected
    assert len(set(expected.values())) > 1


def test_the_number_of_statements_does_not_depend_on_the_number_of_cells(broker):
    estate = Estate(broker)
    fill(estate, 1)

    with broker.database.reading() as connection:
        members = board.applications(connection)
        for policy, number in ((Policy(), 6), (ATTESTED, 7)):
            with statements(broker.database) as of_all:
                board.rows(connection, members, policy=policy)
            with statements(broker.database) as of_one:
                board.rows(connection, members[:1], policy=policy)
            assert len(of_all) == len(of_one) == number


def test_applications_that_run_nowhere_are_not_on_the_board(broker):
    estate = Estate(broker)
    estate.environment("live")
    for name in ("Bank", "app", "Idle"):
        estate.version(name, "1")
    estate.release("app", "1", "live")
    estate.deploy("Bank", "1", "live", "blue")

    with broker.database.reading() as connection:
        members = board.applications(connection)
        (app, bank) = board.rows(connection, members, policy=Policy())
        assert [each.name for each in board.applications(connection, "AN")] == ["Bank"]

    assert [each.name for each in members] == ["app", "Bank"]
    assert app.cells["live"].replacement is Replacement.NO_MAIN
    assert [each.instance for each in bank.cells["live"].running] == ["blue"]
