"""Requests that wait for a verdict hold no thread, no connection to the database and no transaction.

A request is processed as usual. If its verdict waits for results, only the connection of its client stays open. While
any request waits, each process looks for changes: soon after its own commits, and twice a second for those of other
processes. A change leads to new answers only for the questions that it concerns, once for all requests with the same
question, and for few questions at a time.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import AbstractEventLoop, Event, Future, Task
from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from anyio import CapacityLimiter

from contracts.model.errors import Unavailable
from contracts.model.waiting import Awaited, Changes, Subject


log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5  # between two looks for the changes of other processes
SHORTEST_SECONDS = 0.25  # between two looks, however much this process writes
MOST_ASKED_AGAIN = 2  # questions at the same time
MOST_BYTES = 67_108_864  # of the answers that are ready for the broker's stop

_NOTHING = Awaited(job_ids=frozenset(), pacticipant_ids=frozenset())

Reply = TypeVar("Reply")


class Stopping(Exception):
    """The broker stops before it could answer."""

    def __init__(self) -> None:
        super().__init__("The broker stops. Send the request again when it has started")


class Source(Protocol):
    """The source of changes; one call at a time, in any thread."""

    def begin(self) -> None:
        """Start from the current state of the data."""

    def read(self, job_ids: Collection[int]) -> Changes:
        """Return what changed since the last look, and which of *job_ids* still promise a result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(Generic[Reply]):
    """The *reply* to a question, of *size_bytes*; unless it is final, it may wait *seconds* for what is *awaited*."""

    reply: Reply
    size_bytes: int = 0
    awaited: Awaited | None = None
    seconds: float = 0.0

    @property
    def waits(self) -> bool:
        """Whether to wait for another reply."""
        return self.awaited is not None and self.seconds > 0


Ask = Callable[[], Awaitable[Attempt[Reply]]]
Left = Callable[[], Coroutine[Any, Any, object]]


class _Question(Generic[Reply]):
    """A question that requests wait for, with its last reply."""

    def __init__(self, ask: Ask[Reply], attempt: Attempt[Reply]) -> None:
        self.ask = ask
        self.attempt = attempt
        self.requests = 0
        self.final: Future[Reply] = asyncio.get_running_loop().create_future()
        self.asking: Task[None] | None = None

    @property
    def reply(self) -> Reply:
        """The final reply, or the last one; raises the error of the last attempt."""
        return self.final.result() if self.final.done() else self.attempt.reply

    def settle(self) -> None:
        """Make the last reply final."""
        if not self.final.done():
            self.final.set_result(self.attempt.reply)

    def fail(self, error: Exception) -> None:
        """Make *error* the outcome."""
        if not self.final.done():
            self.final.set_exception(error)
            self.final.exception()  # perhaps no request is left to receive it


class Waiting(Generic[Reply]):
    """The requests of one process that wait for a verdict.

    All methods except `changed` belong to the event loop. *in_thread* carries out a look for changes. At most
    *most_asked* of them ask at the same time, so that a thousand new ones do not delay other requests.
    """

    def __init__(
        self, source: Source, in_thread: Callable[..., Awaitable[Changes | None]], *, most_asked: int = 1
    ) -> None:
        self.count = 0
        self.most = 500  # the server sets it by the descriptors of its process
        self._source = source
        self._in_thread = in_thread
        self._users = 0
        self._tries_first = False
        self._questions: dict[Hashable, _Question[Reply]] = {}
        self._queued: dict[Hashable, Task[Attempt[Reply]]] = {}
        self._collections: list[set[Subject]] = []
        self._loop: AbstractEventLoop | None = None
        self._watch: Task[None] | None = None
        self._beginning: Task[None] | None = None
        self._hurry = Event()
        self._looked_at = 0.0
        self._first_places = CapacityLimiter(most_asked)
        self._places = CapacityLimiter(MOST_ASKED_AGAIN)
        self._stopped = False

    async def until_final(self, key: Hashable, ask: Ask[Reply], left: Left, *, seconds: str = "") -> Reply:
        """Return the reply of *ask* once it is final, its time is up, the client has *left*, or the broker stops.

        Requests with the same *key* have the same question; *seconds* is the time that they ask for, in their words.
        If too many requests wait, the first reply is returned.
        """
        if not self._is_watching and not self._tries_first:  # a single reply is often final: do not look in vain
            self._tries_first = True
            try:
                attempt = await self._ask_first((key, seconds), ask)
            finally:
                self._tries_first = False
            if not self._may_wait(attempt):
                return attempt.reply
        self._users += 1
        try:
            await self._begin()
            with self._collected() as subjects:
                attempt = await self._ask_first((key, seconds), ask)
            if not self._may_wait(attempt):
                return attempt.reply
            return await self._wait(self._joined(key, ask, attempt, subjects), key, attempt.seconds, left)
        finally:
            self._users -= 1
            if not self._users:
                self._hurry.set()

    def changed(self) -> None:
        """Look for changes soon; any thread may call this."""
        loop = self._loop
        if self._users and loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._hurry.set)

    def stop(self) -> None:
        """Give each waiting request its last reply, and let no other wait."""
        self._stopped = True
        self._hurry.set()
        for question in self._questions.values():
            question.settle()

    async def _ask_first(self, request: Hashable, ask: Ask[Reply]) -> Attempt[Reply]:
        """Ask in turn; equal requests that come before it is their turn share the reply."""
        queued = self._queued.get(request)
        if queued is None or queued.done():
            queued = self._queued[request] = asyncio.create_task(self._ask_in_turn(request, ask))
        return await asyncio.shield(queued)

    async def _ask_in_turn(self, request: Hashable, ask: Ask[Reply]) -> Attempt[Reply]:
        async with self._first_places:
            self._queued.pop(request, None)  # a later request needs a later state of the data
            if self._stopped:
                raise Stopping
            return await ask()

    def _may_wait(self, attempt: Attempt[Reply]) -> bool:
        if not attempt.waits or self._stopped or self.count >= self.most:
            return False
        return attempt.size_bytes + sum(each.attempt.size_bytes for each in self._questions.values()) <= MOST_BYTES

    def _joined(
        self, key: Hashable, ask: Ask[Reply], attempt: Attempt[Reply], subjects: set[Subject]
    ) -> _Question[Reply]:
        question = self._questions.get(key)
        if question is None or question.final.done():
            question = self._questions[key] = _Question(ask, attempt)
            if attempt.awaited is not None and attempt.awaited.is_concerned(subjects):
                self._ask_again(question)
        return question

    async def _wait(self, question: _Question[Reply], key: Hashable, seconds: float, left: Left) -> Reply:
        leaving = asyncio.create_task(left())
        ends: list[Future[Any]] = [question.final, leaving]
        question.requests += 1
        self.count += 1
        try:
            await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not question.final.done() and not leaving.done():
                await asyncio.shield(self._ask_again(question))
            return question.reply
        finally:
            leaving.cancel()
            self.count -= 1
            question.requests -= 1
            if not question.requests and self._questions.get(key) is question:
                del self._questions[key]

    def _ask_again(self, question: _Question[Reply]) -> Task[None]:
        if question.asking is None or question.asking.done():
            question.asking = asyncio.create_task(self._ask_until_current(question))
        return question.asking

    async def _ask_until_current(self, question: _Question[Reply]) -> None:
        """Ask *question* until no change during the attempt concerns it."""
        concerned = True
        while concerned and not question.final.done():
            try:
                with self._collected() as subjects:
                    async with self._places:
                        attempt = await question.ask()
            except Exception as error:  # noqa: BLE001, each waiting request raises it
                question.fail(error)
                return
            question.attempt = attempt
            if attempt.awaited is None:
                question.settle()
            else:
                concerned = attempt.awaited.is_concerned(subjects)

    @contextmanager
    def _collected(self) -> Iterator[set[Subject]]:
        """Collect the subjects of the changes that are noticed during the block."""
        subjects: set[Subject] = set()
        self._collections.append(subjects)
        try:
            yield subjects
        finally:
            self._collections = [each for each in self._collections if each is not subjects]

    @property
    def _is_watching(self) -> bool:
        return self._watch is not None and not self._watch.done()

    async def _begin(self) -> None:
        """Begin to look for changes, unless that goes on already."""
        if self._is_watching:
            return
        if self._beginning is None or self._beginning.done():
            self._beginning = asyncio.create_task(self._began())
        await asyncio.shield(self._beginning)

    async def _began(self) -> None:
        await self._in_thread(self._source.begin)
        self._loop = asyncio.get_running_loop()
        self._hurry = Event()
        self._watch = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Look for changes until no request waits."""
        while True:
            await self._pause()
            if not self._users or self._stopped:
                return
            awaited = {each: each.attempt.awaited or _NOTHING for each in self._questions.values()}
            job_ids = frozenset[int]().union(*(each.job_ids for each in awaited.values()))
            try:
                changes = await self._in_thread(self._source.read, job_ids)
            except Unavailable:  # requests report it
                continue
            except Exception:
                log.exception("Changes cannot be read; requests that wait may get their answer late")
                continue
            if changes is not None:
                self._notice(changes, awaited)

    async def _pause(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._hurry.wait()
        self._hurry.clear()
        if self._users:
            await asyncio.sleep(self._looked_at + SHORTEST_SECONDS - loop.time())
        self._looked_at = loop.time()

    def _notice(self, changes: Changes, awaited: Mapping[_Question[Reply], Awaited]) -> None:
        """Ask again what *changes* concern; the look was about the jobs that were *awaited* when it began."""
        for subjects in self._collections:
            subjects.update(changes.subjects)
        for question in list(self._questions.values()):
            current = question.attempt.awaited or _NOTHING
            if changes.concern(awaited.get(question, _NOTHING)) or current.is_concerned(changes.subjects):
                self._ask_again(question)
