"""The storage of an application: counted, estimated, limited."""

from __future__ import annotations

import pytest

from contracts.broker import storage_use
from contracts.broker.storage_use import StorageUse
from contracts.model.errors import StorageFull


class Seconds:
    """A clock in seconds."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def stored(monkeypatch):
    """The bytes in the database, and how often they were counted."""

    class Stored:
        size_bytes, counts = 0, 0

        def __call__(self, _connection, _name):
            self.counts += 1
            return self.size_bytes

    stored = Stored()
    monkeypatch.setattr(storage_use.storage, "of_application", stored)
    return stored


@pytest.fixture
def use(broker, seconds):
    return StorageUse(broker.database, 1_000, seconds)


def test_an_application_is_counted_once_in_ten_minutes(use, stored, seconds):
    for _ in range(5):
        use.add("shop", 10)
    assert stored.counts == 1
    seconds.now += 601
    use.add("shop", 10)
    assert stored.counts == 2


def test_a_publication_above_the_limit_is_refused_with_what_to_remove(use, stored):
    stored.size_bytes = 995

    with pytest.raises(StorageFull, match=r"shop stores 0\.0 MB .* `contracts clean` does"):
        use.add("shop", 10)
    use.add("shop", 5)


def test_what_was_published_again_does_not_count_twice(use, stored, seconds):
    """The estimate grows by each publication; before a refusal the database decides."""
    stored.size_bytes = 100
    for _ in range(50):
        seconds.now += 1
        use.add("shop", 100)
    assert 2 <= stored.counts < 15


def test_after_a_removal_a_publication_is_possible_within_seconds(use, stored, seconds):
    stored.size_bytes = 1_000
    with pytest.raises(StorageFull):
        use.add("shop", 10)
    stored.size_bytes = 0
    seconds.now += 5
    use.add("shop", 10)


def test_each_application_has_its_own_limit(use, stored):
    stored.size_bytes = 600
    use.add("shop", 400)
    use.add("stock", 400)


def test_no_limit_counts_nothing(broker, stored):
    StorageUse(broker.database, 0).add("shop", 10**12)

    assert stored.counts == 0


@pytest.mark.usefixtures("stored")
def test_memory_is_bounded(use, monkeypatch):
    monkeypatch.setattr(storage_use, "_MOST_REMEMBERED", 10)
    for each in range(50):
        use.add(f"shop {each}", 1)

    assert len(use._uses) == 10
