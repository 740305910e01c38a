"""Finding the interaction that a test result is about."""

from __future__ import annotations

import pytest

from contracts.model.interaction_places import InteractionPlaces
from contracts.model.interactions import outline
from contracts.model.test_results import TestResult


PLACES = InteractionPlaces(
    outline(
        {
            "interactions": [
                {"_id": "a1", "description": "a product", "providerState": "it exists"},
                {"_id": "a2", "description": "a product", "providerState": "it is gone"},
                {"description": "all products"},
                {"description": "all products"},
                {},
            ]
        }
    )
)


@pytest.mark.parametrize(
    ("result", "index"),
    [
        ({"interaction_id": "a2"}, 1),
        ({"interaction_id": "a2", "description": "all products"}, 1),
        ({"interaction_id": "unknown"}, None),
        ({"interaction_id": "unknown", "description": "all products"}, 2),
        ({"description": "a product", "state": "it is gone"}, 1),
        ({"description": "a product", "state": "another"}, 0),
        ({"description": "all products", "state": "another"}, 2),
        ({"description": "another"}, None),
        ({"description": ""}, 4),
    ],
)
def test_the_id_decides_then_the_description_and_the_state(result, index):
    assert PLACES.of(TestResult(success=False, **result)) == index
