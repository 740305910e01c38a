"""Interrupts by signals, and blocks that complete before one."""

import signal
import threading

import pytest

from contracts.ci import interrupts


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_the_block_once(number):
    """SIGTERM and SIGHUP interrupt once; afterwards the handlers are restored."""
    before = signal.getsignal(number)

    def terminate():
        with interrupts.interruptible():
            try:
                signal.raise_signal(number)
            finally:
                signal.raise_signal(number)

    with pytest.raises(KeyboardInterrupt):
        terminate()
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_shielded_block_completes_before_the_interrupt(number):
    """The block completes, and the interrupt follows, once."""
    done = []

    def interrupted():
        with interrupts.interruptible(), interrupts.shielded():
            signal.raise_signal(number)
            signal.raise_signal(number)
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == ["all of it"]


def test_shielded_on_another_thread():
    """On another thread no interrupt is raised, so nothing is shielded."""
    done = []

    def clean_up():
        with interrupts.shielded():
            done.append("all of it")

    thread = threading.Thread(target=clean_up)
    thread.start()
    thread.join()

    assert done == ["all of it"]
