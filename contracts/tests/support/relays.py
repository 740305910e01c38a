"""A broker that passes requests on to another one, as a proxy that breaks or a broker that hides data."""

from __future__ import annotations

import requests
from fake_broker import Answer, FakeBroker, Received


class Relay(FakeBroker):
    """Passes each request on to *source* unless `on` has a response; hangs up after *patience* requests."""

    def __init__(self, source: str, patience: int | None = None) -> None:
        super().__init__()
        self.source = source
        self.patience = patience

    def answer_to(self, received: Received) -> Answer | None:
        if (received.method, received.path) in self.answers:
            return super().answer_to(received)
        self.requests.append(received)
        if self.patience is not None and len(self.requests) > self.patience:
            return None
        passed_on = ("Accept", "Content-Type", "Host")
        headers = {name: received.headers[name] for name in passed_on if name in received.headers}
        url, body = f"{self.source}{received.path}", received.body or None
        answer = requests.request(received.method, url, headers=headers, data=body, timeout=30)
        return Answer(answer.status_code, content=answer.content, content_type=answer.headers["Content-Type"])
