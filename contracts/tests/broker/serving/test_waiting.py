"""Requests that wait for a verdict, on an event loop whose clock moves when nothing is left to do."""

from __future__ import annotations

import asyncio
import selectors
from dataclasses import dataclass, field

import pytest

from contracts.broker.serving import waiting
from contracts.broker.serving.waiting import Attempt, Stopping, Waiting
from contracts.model.errors import Unavailable
from contracts.model.waiting import Awaited, Changes


PAIR = frozenset({1, 2})
OTHER_PAIR = frozenset({1, 3})


class DrivenLoop(asyncio.SelectorEventLoop):
    """An event loop that moves its clock instead of sleeping."""

    def __init__(self):
        self.moment = 0.0
        super().__init__(self._Selector(self))

    def time(self):
        return self.moment

    class _Selector(selectors.SelectSelector):
        def __init__(self, loop):
            super().__init__()
            self.loop = loop

        def select(self, timeout=None):
            events = super().select(0)
            if not events:
                assert timeout is not None, "the test waits for nothing"
                self.loop.moment += timeout
            return events


@dataclass
class Data:
    """The data that questions and looks read: open jobs, new rows, and the failures of reading them."""

    open_jobs: set[int] = field(default_factory=lambda: {7})
    rows: list[frozenset[int]] = field(default_factory=list)
    looks: int = 0
    failures: int = 0

    def begin(self):
        self.rows.clear()

    def read(self, job_ids):
        self.looks += 1
        if self.failures:
            self.failures -= 1
            raise Unavailable("the database restarts")
        subjects = frozenset(self.rows)
        self.rows.clear()
        return Changes(subjects=subjects, expected_job_ids=frozenset(self.open_jobs) & set(job_ids))

    def finish(self, job_id, subject=PAIR):
        self.open_jobs.discard(job_id)
        self.rows.append(subject)


class Question:
    """A question about *pair* that waits for *job_id*, and takes *takes_seconds* to answer."""

    current = 0
    most_at_once = 0

    def __init__(self, data, *, job_id=7, pair=PAIR, seconds=60.0, takes_seconds=0.0, size_bytes=1):
        self.data, self.job_id, self.pair, self.seconds = data, job_id, pair, seconds
        self.takes_seconds, self.size_bytes = takes_seconds, size_bytes
        self.attempts = 0

    async def __call__(self):
        self.attempts += 1
        is_open = self.job_id in self.data.open_jobs
        Question.current += 1
        Question.most_at_once = max(Question.most_at_once, Question.current)
        await asyncio.sleep(self.takes_seconds)
        Question.current -= 1
        awaited = Awaited(job_ids=frozenset({self.job_id}), pacticipant_ids=self.pair) if is_open else None
        reply = f"{'unknown' if is_open else 'yes'} ({self.attempts})"
        return Attempt(reply=reply, size_bytes=self.size_bytes, awaited=awaited, seconds=self.seconds)


@pytest.fixture
def data():
    return Data()


@pytest.fixture
def requests(data):
    async def at_once(look, *arguments):
        return look(*arguments)

    Question.most_at_once = 0
    return Waiting(data, at_once, most_asked=4)


async def stays():
    await asyncio.Event().wait()


def run(scenario):
    with asyncio.Runner(loop_factory=DrivenLoop) as runner:
        return runner.run(scenario())


async def at(seconds, action, *arguments):
    await asyncio.sleep(seconds)
    action(*arguments)


async def timed(waits):
    reply = await waits
    return reply, round(asyncio.get_running_loop().time(), 2)


def test_a_final_reply_is_returned_at_once_and_nothing_looks_for_changes(requests, data):
    data.open_jobs.clear()

    async def scenario():
        return await timed(requests.until_final("key", Question(data), stays))

    assert run(scenario) == ("yes (1)", 0.0)
    assert data.looks == 0


def test_a_result_of_another_process_is_noticed_within_half_a_second(requests, data):
    async def scenario():
        reply, _ = await asyncio.gather(
            timed(requests.until_final("key", Question(data), stays)), at(10.1, data.finish, 7)
        )
        return reply

    (reply, moment) = run(scenario)
    assert reply.startswith("yes")
    assert 10.1 <= moment <= 10.1 + waiting.LOOK_SECONDS


def test_a_commit_of_the_same_process_is_noticed_at_once(requests, data):
    def commit():
        data.finish(7)
        requests.changed()

    async def scenario():
        reply, _ = await asyncio.gather(timed(requests.until_final("key", Question(data), stays)), at(10.1, commit))
        return reply

    assert run(scenario)[1] <= 10.1 + waiting.SHORTEST_SECONDS


def test_many_commits_lead_to_few_looks(requests, data):
    async def commits():
        for _ in range(1000):
            await asyncio.sleep(0.001)
            requests.changed()

    async def scenario():
        await asyncio.gather(requests.until_final("key", Question(data, seconds=1), stays), commits())

    run(scenario)
    assert data.looks <= 1 / waiting.SHORTEST_SECONDS + 1


def test_once_the_time_is_up_the_question_is_asked_once_more(requests, data):
    question = Question(data, seconds=30)

    async def scenario():
        return await timed(requests.until_final("key", question, stays))

    (reply, moment) = run(scenario)
    assert reply == f"unknown ({question.attempts})"
    assert moment == 30.0


def test_only_the_questions_that_a_change_concerns_are_asked_again(requests, data):
    data.open_jobs = {7, 8}
    concerned, other = Question(data, seconds=20), Question(data, job_id=8, pair=OTHER_PAIR, seconds=20)

    async def scenario():
        waits = [requests.until_final(each, each, stays) for each in (concerned, other)]
        first = asyncio.gather(*waits)
        await asyncio.sleep(1)
        before = (concerned.attempts, other.attempts)
        data.finish(1, PAIR)  # a result of the pair that no job promised
        await asyncio.sleep(1)
        more_attempts = (concerned.attempts - before[0], other.attempts - before[1])
        await first
        return more_attempts

    assert run(scenario) == (1, 0)


def test_the_same_question_is_asked_once_for_all_its_requests(requests, data):
    question = Question(data)

    async def scenario():
        waits = asyncio.gather(*(requests.until_final("key", question, stays) for _ in range(50)))
        await asyncio.sleep(1)
        before = question.attempts
        data.finish(7)
        replies = await waits
        return set(replies), question.attempts - before

    replies, more_attempts = run(scenario)
    assert more_attempts == 1
    assert len(replies) == 1


def test_equal_requests_that_come_together_are_asked_once(requests, data):
    """Once to see whether any waits, and once after the first look for changes."""
    question = Question(data, takes_seconds=0.01, seconds=1)

    async def scenario():
        waits = asyncio.gather(*(requests.until_final("key", question, stays) for _ in range(50)))
        await asyncio.sleep(0.5)
        attempts = question.attempts
        await waits
        return attempts

    assert run(scenario) <= 3


def test_few_new_questions_are_asked_at_the_same_time(requests, data):
    questions = [Question(data, takes_seconds=0.01, seconds=1) for _ in range(50)]

    async def scenario():
        await asyncio.gather(*(requests.until_final(each, each, stays) for each in questions))

    run(scenario)
    assert Question.most_at_once <= 4 + waiting.MOST_ASKED_AGAIN


def test_few_questions_are_asked_again_at_the_same_time(requests, data):
    data.open_jobs = set(range(20))
    questions = [Question(data, job_id=each) for each in range(20)]

    async def scenario():
        waits = asyncio.gather(*(requests.until_final(each, each, stays) for each in questions))
        await asyncio.sleep(1)
        Question.most_at_once = 0
        for each in questions:
            each.takes_seconds = 0.01
        data.open_jobs.clear()
        await waits

    run(scenario)
    assert Question.most_at_once == waiting.MOST_ASKED_AGAIN


def test_a_question_that_comes_during_a_look_is_not_asked_again_because_of_it(data):
    looks = asyncio.Event()

    async def slow(look, *arguments):
        result = look(*arguments)
        if data.looks:
            looks.set()
        await asyncio.sleep(0.3)
        return result

    data.open_jobs = {7, 8}
    requests, first, later = (
        Waiting(data, slow, most_asked=4),
        Question(data, seconds=3),
        Question(data, job_id=8, seconds=1),
    )

    async def scenario():
        waits = asyncio.create_task(requests.until_final("first", first, stays))
        await looks.wait()
        await requests.until_final("later", later, stays)
        await waits

    run(scenario)
    assert later.attempts == 2, "at its beginning and when its time was up"


def test_a_change_while_the_question_is_asked_is_not_missed(requests, data):
    data.open_jobs = {7, 8}
    slow = Question(data, takes_seconds=3)

    async def scenario():
        other = asyncio.create_task(requests.until_final("other", Question(data, job_id=8), stays))
        await asyncio.sleep(0.1)  # changes are looked for
        reply, _ = await asyncio.gather(timed(requests.until_final("slow", slow, stays)), at(1, data.finish, 7))
        other.cancel()
        return reply

    assert run(scenario) == ("yes (2)", 6.1)


def test_a_request_ends_when_its_client_leaves(requests, data):
    async def leaves():
        await asyncio.sleep(5)

    async def scenario():
        return await timed(requests.until_final("key", Question(data), leaves))

    assert run(scenario)[1] == 5.0
    assert requests.count == 0


def test_the_stop_of_the_broker_gives_each_request_its_last_reply(requests, data):
    async def scenario():
        waits = asyncio.gather(*(requests.until_final(each, Question(data), stays) for each in range(3)))
        await asyncio.sleep(5)
        requests.stop()
        replies = await waits
        with pytest.raises(Stopping):
            await requests.until_final("later", Question(data), stays)
        return replies, asyncio.get_running_loop().time()

    replies, moment = run(scenario)
    assert all(each.startswith("unknown") for each in replies)
    assert moment == 5.0


@pytest.mark.parametrize("limit", ["requests", "bytes"])
def test_what_exceeds_a_limit_gets_its_first_reply_at_once(requests, data, limit):
    requests.most = 3 if limit == "requests" else 1000
    size_bytes = 1 if limit == "requests" else waiting.MOST_BYTES // 3

    async def scenario():
        waits = [
            timed(requests.until_final(each, Question(data, size_bytes=size_bytes, seconds=10), stays))
            for each in range(4)
        ]
        return sorted(moment for _, moment in await asyncio.gather(*waits))

    assert run(scenario) == [0.0, 10.0, 10.0, 10.0]


def test_an_unavailable_database_delays_a_reply_but_does_not_end_the_waiting(requests, data):
    async def scenario():
        waits = asyncio.create_task(timed(requests.until_final("key", Question(data), stays)))
        await asyncio.sleep(1)
        data.failures = 4
        data.finish(7)
        return await waits

    reply, moment = run(scenario)
    assert reply.startswith("yes")
    assert 2.5 < moment < 4


def test_an_error_reaches_each_request_with_the_question(requests, data):
    question = Question(data)

    async def ask():
        if data.open_jobs:
            return await question()
        raise Unavailable("the database restarts")

    async def scenario():
        waits = asyncio.gather(*(requests.until_final("key", ask, stays) for _ in range(3)), return_exceptions=True)
        await asyncio.sleep(1)
        data.finish(7)
        return await waits

    assert [each.reason for each in run(scenario)] == ["the database restarts"] * 3


def test_nobody_looks_for_changes_once_the_last_request_has_ended(requests, data):
    async def scenario():
        await requests.until_final("key", Question(data, seconds=1), stays)
        looks = data.looks
        await asyncio.sleep(60)
        return data.looks - looks

    assert run(scenario) == 0
