"""The limit on request bodies that are in memory at the same time.

Parsed JSON can take thirty times the size of its text. So a question has a smaller limit than a change, and one large
body is received and processed at a time. The others wait in their connections, not in memory.
"""

from __future__ import annotations

from typing import Self

from anyio import CapacityLimiter, fail_after
from starlette.requests import Request

from contracts.broker.api.errors import BodyTooLarge, Crowded
from contracts.broker.serving.limits import Limits


QUESTION_BYTES = 1_048_576  # 200 selectors with long names take 300,000
LARGE_QUESTION_BYTES = 131_072
LARGE_CHANGE_BYTES = 1_048_576
SMALL_BYTES = 65_536  # uvicorn buffers as much of any body
PATIENCE_SECONDS = 30.0


class Intake:
    """Receives the body of one request, and holds its place among the large ones until the block ends.

    *changes* says whether the request changes data. A body of more than *most_bytes* is refused.
    """

    __slots__ = ("_most_bytes", "_most_discarded_bytes", "_places", "_steps")

    def __init__(self, limits: Limits, most_bytes: int, *, changes: bool) -> None:
        self._most_bytes = most_bytes if changes else min(most_bytes, QUESTION_BYTES)
        self._most_discarded_bytes = most_bytes
        large = limits.large_changes if changes else limits.large_questions
        self._steps = [
            (LARGE_CHANGE_BYTES if changes else LARGE_QUESTION_BYTES, large),
            (SMALL_BYTES, limits.receiving),
        ]
        self._places: list[CapacityLimiter] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._places:
            each.release_on_behalf_of(self)

    async def receive(self, request: Request) -> bytes:
        """Return the body of *request*.

        The rest of a question that is too large is received and discarded: otherwise its sender would see a closed
        connection instead of the error.

        Raises:
            BodyTooLarge: if it has too many bytes.
            Crowded: if other large bodies take too long.
        """
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self._most_bytes:
                while self._steps and size > self._steps[-1][0]:
                    await self._take(self._steps.pop()[1])
                chunks.append(chunk)
            elif size <= self._most_discarded_bytes:
                chunks.clear()
            else:
                break
        if size > self._most_bytes:
            raise BodyTooLarge(self._most_bytes, adjustable=self._most_bytes == self._most_discarded_bytes)
        return b"".join(chunks)

    async def _take(self, place: CapacityLimiter) -> None:
        try:
            with fail_after(PATIENCE_SECONDS):
                await place.acquire_on_behalf_of(self)
        except TimeoutError:
            raise Crowded from None
        self._places.append(place)
