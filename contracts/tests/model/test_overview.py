"""The overview: states and pages."""

from __future__ import annotations

import pytest

from contracts.model.overview import MainState, Overview, main_state


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


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2)])
def test_there_is_at_least_one_page(total, pages):
    assert Overview(rows=(), total=total, page=1, size=50).pages == pages
