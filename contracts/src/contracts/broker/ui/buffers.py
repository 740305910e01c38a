"""A response that is kept until it is complete."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import Message, Send


class Buffer:
    """A response that is kept until it is complete; a *remark* says what was changed before it was refused."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.messages: list[Message] = []
        self.content = bytearray()
        self.remark = ""

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> Headers:
        """The headers."""
        return Headers(raw=self.messages[0]["headers"])

    async def send(self, message: Message) -> None:
        """Keep a part of the response."""
        self.messages.append(message)
        self.content += message.get("body", b"")

    async def forward(self, send: Send) -> None:
        """Send the response as it is."""
        for message in self.messages:
            await send(message)
