"""How much of what clients send is in memory at once.

JSON that is made to be large takes thirty times its size when it is read. So a question has a small limit of its own,
and one large body is received and answered at a time; the others wait with their connection, not in memory.
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
SMALL_BYTES = 65_536  # uvicorn holds as much of any body
PATIENCE_SECONDS = 30.0


class Intake:
    """The receiving of one request's body, and its places among the large ones until the block ends.

    *changes* says whether the request changes something; a body of more than *most* bytes is refused.
    """

    __slots__ = ("_discarded", "_most", "_places", "_steps")

    def __init__(self, limits: Limits, most: int, *, changes: bool) -> None:
        self._most = most if changes else min(most, QUESTION_BYTES)
        self._discarded = most
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
        """The body of *request*.

        The rest of a question that is too large is received, and not kept: its sender would otherwise find the
        connection closed, and not the refusal.

        Raises:
            BodyTooLarge: if it has too many bytes.
            Crowded: if other large bodies take too long.
        """
        chunks, size = [], 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self._most:
                while self._steps and size > self._steps[-1][0]:
                    await self._take(self._steps.pop()[1])
                chunks.append(chunk)
            elif size <= self._discarded:
                chunks.clear()
            else:
                break
        if size > self._most:
            raise BodyTooLarge(self._most, adjustable=self._most == self._discarded)
        return b"".join(chunks)

    async def _take(self, place: CapacityLimiter) -> None:
        try:
            with fail_after(PATIENCE_SECONDS):
                await place.acquire_on_behalf_of(self)
        except TimeoutError:
            raise Crowded from None
        self._places.append(place)
