"""The official verifier in its own process: one interaction for each line of standard input.

It runs as a script that needs only pact-python and the standard library. The process that started it can end it at any
time, and a crash of the native library affects only this process. It ends with its standard input.

A line is a JSON object:

* ``output``: the file for the output of the verifier;
* ``provider``, ``url``, ``pact`` (a file), ``timeout_seconds``, ``headers`` (pairs), ``states_url`` (or null).

It writes one line: ``results``, as pact-python returns them, and ``log``, the verifier's errors and warnings.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from typing import Any
from urllib.parse import urlsplit


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def main() -> None:
    """Write one line to standard output for each line of standard input, and nothing else."""
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - a descriptor is needed, not a path
        for descriptor in (0, 1, 2):
            os.dup2(nothing.fileno(), descriptor)
    sys.path[:] = json.loads(questions.readline())
    collector = _Collector()
    logging.getLogger("pact.ffi").addHandler(collector)
    logging.getLogger("pact.ffi").propagate = False
    for line in questions:
        question = json.loads(line)
        collector.lines.clear()
        with _printing_to(question["output"]):
            results = _verified(question)
        answers.write(json.dumps({"results": results, "log": collector.lines}) + "\n")
        answers.flush()


@contextlib.contextmanager
def _printing_to(path: str) -> Any:
    """Redirect standard output and standard error, also of native code, to the file *path*."""
    before = os.dup(1), os.dup(2)
    with open(path, "wb") as file:  # noqa: PTH123 - as above
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, copy in zip((1, 2), before, strict=True):
                os.dup2(copy, descriptor)
                os.close(copy)


def _verified(question: dict[str, Any]) -> dict[str, Any]:
    from pact import Verifier  # noqa: PLC0415 - after sys.path is that of the process which asks

    url = question["url"]
    # The name must be the host of the address, or the verifier refuses the address.
    verifier = Verifier(question["provider"], host=urlsplit(url).hostname).add_transport(url=url)
    verifier.set_coloured_output(enabled=False)
    verifier.set_request_timeout(round(question["timeout_seconds"] * 1000))
    verifier.add_custom_headers((name, value) for name, value in question["headers"])
    verifier.add_source(question["pact"])
    if question["states_url"] is not None:
        verifier.state_handler(question["states_url"], teardown=False, body=True)
    with contextlib.suppress(RuntimeError):  # says only that it failed; the results say why
        verifier.verify()
    return verifier.results


if __name__ == "__main__":
    main()
