"""The last result of a line of pacts."""

from __future__ import annotations

from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store import badges, pacts
from contracts.model.badges import LastResult


def test_the_newest_verified_pact_speaks_for_its_line_whichever_was_verified_last(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a", tags=("prod",))
    estate.publish("Till", "2", "b", tags=("prod",))
    estate.verify("Till", "2", by="10")
    estate.verify("Till", "1", by="10", success=False)

    def shown():
        with database.reading() as connection:
            newest = pacts.find_latest(connection, "Ledger", "Till")
            last = badges.last_result(connection, newest)
            assert badges.last_result_with_tag(connection, newest, "prod") == last
            return last

    assert shown() == LastResult(success=True, pending=False, current=True)
    estate.publish("Till", "3", "c", tags=("prod",))
    assert shown() == LastResult(success=True, pending=False, current=False)
    estate.publish("Till", "4", "a", tags=("prod",))  # a revert: its content has the result of version 1
    assert shown() == LastResult(success=False, pending=False, current=True)


def test_the_last_result_is_that_of_the_line(database, clock):
    estate = Estate(Runtime(settings=Settings(), database=database, now=clock))
    estate.publish("Till", "1", "a", tags=("prod",))
    estate.publish("Till", "2", "b", tags=("dev",))
    estate.publish("Till", "3", "c")
    estate.publish("Till", "4", "c", provider="Stock")
    with database.reading() as connection:
        assert badges.last_result(connection, estate.pact("Till", "3")) is None

    estate.verify("Till", "1", by="10")
    estate.verify("Till", "2", by="10", success=False)
    estate.verify("Till", "4", by="10", success=False, provider="Stock")

    with database.reading() as connection:
        latest = pacts.find_latest(connection, "Ledger", "Till")
        assert badges.last_result(connection, latest) == LastResult(success=False, pending=False, current=False)
        prod = pacts.find_latest(connection, "Ledger", "Till", tag="prod")
        last = badges.last_result_with_tag(connection, prod, "prod")
        assert last == LastResult(success=True, pending=False, current=True)
        untagged = pacts.find_untagged(connection, "Ledger", "Till")
        assert badges.last_result_untagged(connection, untagged) is None
