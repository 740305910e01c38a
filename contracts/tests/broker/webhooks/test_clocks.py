"""A watch over the machine's clock."""

from __future__ import annotations

from contracts.broker.webhooks.clocks import ClockWatch


def test_a_clock_that_is_set_back_is_noticed_once(clock):
    steady = [0.0]
    watch = ClockWatch(clock, lambda: steady[0])

    def after(passed_seconds, **moved):
        steady[0] += passed_seconds
        clock.forward(seconds=passed_seconds)
        clock.forward(**moved)
        return watch.was_set_back()

    assert not after(100)
    assert not after(100, seconds=-4)
    assert not after(100, hours=1)
    assert after(100, hours=-1)
    assert not after(100)
    assert after(100, seconds=-6)
