"""Two processes that publish contracts and send webhooks, one of which is killed, again and again.

    python killed_workers.py DATABASE_URL BEGINNING KILLS

A single process loads the broker and forks the others, which takes milliseconds. Time runs SPEED times as fast as the
machine's, from BEGINNING on. It prints the numbers of the versions whose contracts were committed.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

from estates import Estate

from contracts.broker.runtime import Runtime
from contracts.broker.settings import Settings
from contracts.broker.store.database import Database
from contracts.broker.webhooks import worker


SPEED = 120
CLAIM = timedelta(minutes=1)  # half a second of the machine's
SETTINGS = Settings(webhook_host_whitelist=("127.0.0.1",), webhook_scheme_whitelist=("http",), verification_job_lease=1)


def runtime_over(url: str, beginning: float) -> Runtime:
    """Return a runtime over the database at *url*, whose workers look for lost jobs in each round."""
    worker.CLAIM, worker.RECOVER_SECONDS, worker.SETTLE_SECONDS, worker.IDLE_SECONDS = CLAIM, 0, 0, 0.1
    return Runtime(
        settings=SETTINGS,
        database=Database(url),
        now=lambda: datetime.fromtimestamp(beginning + (time.time() - beginning) * SPEED, UTC),
    )


class Life:
    """A process that publishes a contract and works until it is killed; a pipe has what it committed."""

    def __init__(self, runtime: Runtime, number: int) -> None:
        self._committed, end = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                started = worker.Worker(runtime)
                started.start()
                publish(runtime, str(number))
                started.wake()
                os.write(end, f"{number}\n".encode())
                signal.pause()
            finally:
                os._exit(1)
        os.close(end)

    def wait_for_commit(self) -> None:
        """Return when the process has committed something."""
        select.select([self._committed], [], [], 5)

    def kill(self) -> None:
        """Kill the process, and print what it committed."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        os.write(1, os.read(self._committed, 1_000))
        os.close(self._committed)


def publish(runtime: Runtime, number: str) -> None:
    """Publish the contract of a new version, on a branch of its own."""
    Estate(runtime).publish("Till", number, number, branch=number)


def main(url: str, beginning: float, kills: int) -> None:
    """Kill one of two processes *kills* times, most often while it works on what it published."""
    chance = random.Random(12)  # noqa: S311, no secret
    runtime = runtime_over(url, beginning)
    publish(runtime, "first")  # compiles the statements
    runtime.database.engine.dispose()  # no connection may pass to another process
    lives = [Life(runtime, 0), Life(runtime, 1)]
    for number in range(kills):
        if chance.random() < 0.8:
            lives[number % 2].wait_for_commit()
        time.sleep(chance.uniform(0, 0.05))
        lives[number % 2].kill()
        lives[number % 2] = Life(runtime, number + 2)
    for life in lives:
        life.kill()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
