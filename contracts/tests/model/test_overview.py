"""The states of the overview."""

from __future__ import annotations

import pytest

from contracts.model.overview import MainState, main_state


@pytest.mark.parametrize(
    ("main_branch", "contract", "success", "state"),
    [
        (False, False, None, MainState.NO_MAIN_BRANCH),
        (True, False, None, MainState.NO_CONTRACT),
        (True, True, None, MainState.UNVERIFIED),
        (True, True, True, MainState.VERIFIED),
        (True, True, False, MainState.FAILED),
    ],
)
def test_the_state_of_a_pair(main_branch, contract, success, state):
    assert main_state(main_branch=main_branch, contract=contract, success=success) is state
