"""`/verification-jobs`: the verifications that provider versions need, what became of each, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from contracts.broker import urls
from contracts.broker.store import job_lists
from contracts.broker.ui.deployability import STEPS
from contracts.broker.ui.pages import LIVE_SCRIPT, Pages, page_number, unknown_choices
from contracts.model import next_commands
from contracts.model.job_causes import finding_of
from contracts.model.jobs import Job, JobState
from contracts.model.matrix_documents import JobFacts, Side


if TYPE_CHECKING:
    from starlette.requests import Request


PAGE_SIZE = 30
STATES = {
    JobState.DEAD: "given up",
    JobState.LOST: "without a result",
    JobState.NEEDED: "not requested yet",
    JobState.DISPATCHED: "requested",
    JobState.STARTED: "build started",
    JobState.DONE: "done",
    JobState.UNWANTED: "no longer needed",
}
"""The words for each state, those that need attention first."""
_REMARKS = {
    JobState.DONE: "A result arrived.",
    JobState.UNWANTED: "The provider version does not need this result any more.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A *job*, with a *remark* that says what became of it, and the *command* that comes next, or an empty one."""

    job: Job
    remark: str
    command: str

    @property
    def kind(self) -> str:
        """The class of its colour."""
        if self.job.state is JobState.DEAD:
            return "failed"
        if self.job.problem:
            return "unverified"
        return "waiting" if self.job.result_expected else "verified" if self.job.state is JobState.DONE else "other"

    @property
    def words(self) -> str:
        """The words for its state."""
        return f"{STATES[self.job.state]}, needs attention" if self.kind == "unverified" else STATES[self.job.state]

    @property
    def sign(self) -> str:
        """The sign before its state."""
        return {"failed": "✘", "unverified": "○", "waiting": "◷", "verified": "✔"}.get(self.kind, "·")


def add(pages: Pages) -> None:
    """Add the pages to *pages*."""

    @pages.page(urls.VERIFICATION_JOBS, scripts=True)
    def show_all(request: Request) -> str:
        query = request.query_params
        pacticipant, version = query.get("pacticipant", "").strip(), query.get("version", "").strip()
        version = version if pacticipant else ""
        state = next((each for each in STATES if each == query.get("state")), None)
        number = page_number(query)
        with pages.runtime.database.reading() as connection:
            counts = job_lists.count_by_state(connection, pacticipant=pacticipant or None, version=version or None)
            jobs = job_lists.search(
                connection,
                pacticipant=pacticipant or None,
                version=version or None,
                state=state,
                limit=PAGE_SIZE,
                offset=(number - 1) * PAGE_SIZE,
            )
        total = sum(counts.values()) if state is None else counts.get(state, 0)
        values = {"pacticipant": pacticipant, "version": version, "state": state or ""}
        return pages.render(
            "jobs.html",
            title=f"Verification jobs: {STATES[state]}" if state else "Verification jobs",
            jobs=[shown_job(each, pages.runtime.now()) for each in jobs],
            counts=counts,
            total=total,
            states=STATES,
            values={name: value for name, value in values.items() if value},
            chosen=values,
            unknown=unknown_choices(query, {"state": STATES}),
            here=urls.VERIFICATION_JOBS + (f"?{query}" if str(query) else ""),
            page=number,
            last_page=max(1, -(-total // PAGE_SIZE)),
            in_progress=any(each.result_expected for each in jobs),
            script=LIVE_SCRIPT,
        )

    @pages.page(urls.VERIFICATION_JOB, scripts=True)
    def show(_request: Request, uuid: str) -> str:
        with pages.runtime.database.reading() as connection:
            job = job_lists.find(connection, uuid)
        return pages.render(
            "job.html",
            title=f"Verification: {job.consumer} → {job.provider} {job.provider_version}",
            shown=shown_job(job, pages.runtime.now()),
            remaining=max(0, pages.runtime.settings.verification_job_max_attempts - job.attempts),
            step=STEPS.get(job.state),
            here=urls.expand(urls.VERIFICATION_JOB, uuid=uuid),
            script=LIVE_SCRIPT,
        )


def shown_job(job: Job, now: datetime) -> Shown:
    """Return *job* as pages show it at the time *now*."""
    finding = finding_of(_facts(job), now)
    remark = finding.remark if finding is not None else _REMARKS[job.state]
    command = next_commands.retry_job(job.uuid) if job.problem else ""
    return Shown(job=job, remark=remark, command=command)


def _facts(job: Job) -> JobFacts:
    """Return *job* as the causes of a verdict read it, without the URLs, which the page has anyway."""
    return JobFacts(
        consumer=Side(name=job.consumer, number=job.consumer_version),
        provider=Side(name=job.provider, number=job.provider_version),
        state=job.state,
        attempts=job.attempts,
        result_expected=job.result_expected,
        deadline=job.deadline,
        requested_at=job.attempted_at or job.created_at,
        started_at=job.started_at,
        build_url=job.build_url,
        uuid=job.uuid,
        logs_url=job.delivery_uuid,
    )
