"""What the tests of a provider share in one run of pytest."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from contracts.verification import serving, verifier
from contracts.verification.runs import ProviderUnderTest
from contracts.verification.verifier import Verifier


class Shared:
    """The verifier, and the server of an application.

    The verifier takes 0.3 s to start and a server 0.15 s, and an interaction takes 7 ms. An application that a second
    test passes as well belongs to no test, so its server runs until the last test.
    """

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._verifier: Verifier | None = None
        self._servers = contextlib.ExitStack()
        self._app: Callable[..., Any] | None = None
        self._url: str | None = None

    def verifier(self) -> Verifier:
        """Return the verifier.

        Raises:
            UsageError: if pact-python is not installed.
        """
        if self._verifier is None:
            self._verifier = self._stack.enter_context(verifier.opened())
        return self._verifier

    def url(self, under_test: ProviderUnderTest) -> str | None:
        """Return the URL of the application that *under_test* shares with the test before; None if it does not.

        Raises:
            AppFailed: if the application does not start.
        """
        app = None if under_test.messages else under_test.app
        if app is None or app is not self._app:
            self.end_server()
            self._app = app
        elif self._url is None or not serving.answers(self._url):
            self.end_server()
            self._app, self._url = app, self._servers.enter_context(serving.serve(app))
        return self._url

    def end_server(self) -> None:
        """End the server, if one runs."""
        self._app = self._url = None
        self._servers.close()

    def close(self) -> None:
        """End the server and the verifier."""
        self.end_server()
        self._stack.close()
        self._verifier = None
