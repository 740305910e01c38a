"""Asking a served broker, and measuring what each answer costs: the time a client waits, and the server's processor."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from socket import create_server

from benchmark_questions import Question, Request


START_SECONDS = 60
_BASE_36 = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a question cost: milliseconds that a client waited, and of the server's processor; bytes of the answer."""

    p50_ms: float
    p95_ms: float
    cpu_ms: float
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A broker in a process of its own."""

    port: int
    pid: int
    first_answer_seconds: float

    def cpu_seconds(self) -> float:
        """What its threads have had of the processors so far."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9

    def cpu_seconds_of_all(self) -> float:
        """The processor time of this process and of those that it started."""
        ticks = 0
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = each.read_text().rpartition(")")[2].split()
            except OSError:  # it ended
                continue
            if self.pid in {int(fields[1]), int(each.parent.name)}:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Its memory, what it shares divided among those it shares it with (PSS)."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


@contextmanager
def served(database_url: str, *options: str) -> Iterator[Served]:
    """Serve the broker over a database, while the block runs."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "contracts.broker", "--port", str(port), "--database-url", database_url, *options]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603, our own command
        try:
            yield Served(port=port, pid=process.pid, first_answer_seconds=_first_answer(port, process, started))
        finally:
            process.terminate()


def _first_answer(port: int, process: subprocess.Popen[bytes], started: float) -> float:
    while (took := time.perf_counter() - started) < START_SECONDS and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/", headers={"Accept": "application/hal+json"})
            if connection.getresponse().status == http.client.OK:
                return time.perf_counter() - started
        except OSError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError(f"the broker gave no answer in {took:.0f} s")


class Client:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, request: Request) -> tuple[int, bytes, float]:
        """The status and body of the answer, and the seconds until it was read."""
        body = None if request.body is None else json.dumps(request.body).encode()
        headers = {"Accept": request.accept} | ({"Content-Type": "application/json"} if body else {})
        started = time.perf_counter()
        self._connection.request(request.method, request.path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        return answer.status, content, time.perf_counter() - started


def measure(server: Served, question: Question, repetitions: int) -> Cost:
    """What *question* costs, asked one time after another."""
    client = Client(server.port)
    requests = [question.request(serial()) for _ in range(repetitions + 3)]
    for request in requests[:3]:  # so that what is built once is built
        status, content, _ = client.send(request)
        if status >= http.client.MULTIPLE_CHOICES:
            raise RuntimeError(f"{question.name}: {request.method} {request.path} answered {status}: {content[:500]!r}")
    before, seconds = server.cpu_seconds(), []
    for request in requests[3:]:
        _, content, took = client.send(request)
        seconds.append(took)
    spent = server.cpu_seconds() - before
    return Cost(
        p50_ms=percentile(seconds, 0.5) * 1000,
        p95_ms=percentile(seconds, 0.95) * 1000,
        cpu_ms=spent / repetitions * 1000,
        size_bytes=len(content),
    )


def percentile(values: Sequence[float], fraction: float) -> float:
    """The nearest rank."""
    return sorted(values)[min(len(values) - 1, int(len(values) * fraction))]


_serials = count(time.time_ns() // 1000)


def serial() -> str:
    """Letters and digits that no earlier call gave, in this run or another."""
    number, text = next(_serials), ""
    while number:
        number, digit = divmod(number, 36)
        text = _BASE_36[digit] + text
    return text
