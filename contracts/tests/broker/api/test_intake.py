"""How much of what clients send is in memory at once."""

from __future__ import annotations

import anyio.lowlevel
import pytest
from anyio import create_task_group, fail_after, run, sleep

from contracts.broker.api import intake
from contracts.broker.api.errors import BodyTooLarge, Crowded
from contracts.broker.api.intake import LARGE_CHANGE_BYTES, QUESTION_BYTES, Intake
from contracts.broker.serving.limits import Limits


MOST = 4 * LARGE_CHANGE_BYTES


class Sending:
    """A request whose body arrives in pieces of this size; it counts those that were taken."""

    def __init__(self, size, piece=65_536):
        self.pieces = [b"x" * piece] * (size // piece) + [b"x" * (size % piece)]
        self.taken = 0

    async def stream(self):
        for each in self.pieces:
            self.taken += 1
            yield each
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize(("changes", "most"), [(True, MOST), (False, QUESTION_BYTES)])
def test_a_body_is_received_up_to_its_limit(changes, most):
    async def receive(size):
        with Intake(Limits(8), MOST, changes=changes) as taking:
            return len(await taking.receive(Sending(size)))

    assert run(receive, 0) == 0
    assert run(receive, most) == most
    with pytest.raises(BodyTooLarge):
        run(receive, most + 1)


def test_a_question_that_is_too_large_is_received_to_its_end_and_a_change_is_not():
    async def taken(size, *, changes):
        sending = Sending(size)
        with Intake(Limits(8), MOST, changes=changes) as taking, pytest.raises(BodyTooLarge):
            await taking.receive(sending)
        return sending.taken == len(sending.pieces)

    async def all_taken():
        return [
            await taken(MOST, changes=False),
            await taken(2 * MOST, changes=False),
            await taken(2 * MOST, changes=True),
        ]

    assert run(all_taken) == [True, False, False]


@pytest.mark.parametrize(("changes", "size"), [(True, LARGE_CHANGE_BYTES + 1), (False, 200_000)])
def test_one_large_body_is_received_and_answered_at_a_time(changes, size):
    limits = Limits(8)
    under_way, most = 0, 0

    async def one():
        nonlocal under_way, most
        with Intake(limits, MOST, changes=changes) as taking:
            await taking.receive(Sending(size))
            under_way += 1
            most = max(most, under_way)
            await sleep(0.005)
            under_way -= 1

    async def several():
        async with create_task_group() as group:
            for _ in range(5):
                group.start_soon(one)

    run(several)

    assert most == 1
    assert (limits.receiving.borrowed_tokens, limits.large_changes.borrowed_tokens) == (0, 0)


def test_small_bodies_do_not_wait_for_a_large_one():
    limits = Limits(8)

    async def beside():
        with Intake(limits, MOST, changes=True) as large, Intake(limits, MOST, changes=True) as small, fail_after(5):
            await large.receive(Sending(MOST))
            return len(await small.receive(Sending(100_000)))

    assert run(beside) == 100_000


def test_a_large_body_that_waits_too_long_is_to_be_sent_again(monkeypatch):
    monkeypatch.setattr(intake, "PATIENCE_SECONDS", 0.01)
    limits = Limits(8)

    async def beside():
        with Intake(limits, MOST, changes=True) as first, Intake(limits, MOST, changes=True) as second:
            await first.receive(Sending(MOST))
            await second.receive(Sending(MOST))

    with pytest.raises(Crowded, match="Send the request again"):
        run(beside)
    assert limits.large_changes.borrowed_tokens == 0


def test_a_question_of_more_than_a_mebibyte_is_a_413_without_a_setting_to_raise(http):
    headers = {"Content-Type": "application/json"}
    body = b"{" + b" " * QUESTION_BYTES + b"}"

    answer = http.post("/pacts/provider/P/for-verification", content=body, headers=headers)

    assert answer.status_code == 413
    assert "1048576 bytes" in answer.json()["error"]
    assert "MAX_BODY_BYTES" not in answer.json()["error"]
