"""The places of test results in a contract: which interaction each of them is about."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.model.interactions import Interaction
from contracts.model.test_results import TestResult


class InteractionPlaces:
    """Finds the interactions of a contract, of which there may be thousands, by id, or by description and state."""

    def __init__(self, contract: Sequence[Interaction]) -> None:
        self._by_id: dict[str, int] = {}
        self._by_description: dict[str, int] = {}
        self._by_state: dict[tuple[str, str], int] = {}
        for index, each in enumerate(contract):
            self._by_id.setdefault(each.id, index)
            self._by_description.setdefault(each.description, index)
            self._by_state.setdefault((each.description, each.states[0].name if each.states else ""), index)

    def of(self, result: TestResult) -> int | None:
        """Return the index of the interaction of *result*, or None if the contract has no such interaction.

        The id decides; without one, or with an unknown one, the description and then the first state.
        """
        if result.interaction_id and (index := self._by_id.get(result.interaction_id)) is not None:
            return index
        if result.interaction_id and not result.description:
            return None
        index = self._by_state.get((result.description, result.state))
        return self._by_description.get(result.description) if index is None else index
