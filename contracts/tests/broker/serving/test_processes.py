"""Processes that die are replaced, however they die and however often."""

from __future__ import annotations

import pytest
import workers_at_fault as work

from contracts.broker.serving import processes


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(processes, "PAUSES_SECONDS", (0.0, 0.01, 0.02))


@pytest.fixture
def starts(tmp_path):
    return tmp_path / "starts"


def lines(starts):
    return len(starts.read_text().splitlines())


@pytest.mark.parametrize("how", ["SIGKILL", "exit"])
def test_a_process_that_dies_again_and_again_is_replaced_with_growing_pauses(starts, how, caplog):
    processes.run(1, work.die_three_times, str(starts), how)

    assert lines(starts) == 4
    deaths = [each for each in caplog.messages if "died" in each]
    assert [each.partition("starts ")[2] for each in deaths] == ["now", "in 0.01 s", "in 0.02 s"]


def test_a_later_start_that_fails_is_tried_again(starts):
    processes.run(1, work.answer_once_then_fail_to_start_twice, str(starts))

    assert lines(starts) == 4


def test_a_first_start_that_fails_ends_the_broker(starts):
    with pytest.raises(processes.FailedStart, match="exit status 3"):
        processes.run(1, work.fail_to_start, str(starts))

    assert lines(starts) == 1


def test_a_process_that_is_killed_before_it_is_ready_is_replaced(starts):
    processes.run(1, work.be_killed_before_answering, str(starts))

    assert lines(starts) == 2


def test_a_long_life_resets_the_pauses(starts, monkeypatch, caplog):
    monkeypatch.setattr(processes, "HEALTHY_SECONDS", 0.0)

    processes.run(1, work.die_three_times, str(starts), "exit")

    deaths = [each for each in caplog.messages if "died" in each]
    assert [each.partition("starts ")[2] for each in deaths] == ["now"] * 3
