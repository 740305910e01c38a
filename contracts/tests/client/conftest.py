from __future__ import annotations

import pytest
from fake_broker import FakeBroker


@pytest.fixture
def fake():
    with FakeBroker() as broker:
        yield broker
