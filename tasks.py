"""Every command of this repository: `invoke --list` shows them, `invoke --help TASK` explains one.

The workflows in .github/ consist of these tasks, and `invoke fake-ci` plays the workflows. pyproject.toml declares the
applications; each of them has the tasks of its role. Tasks are short: the packages do the work, and are tested.
"""

from __future__ import annotations

from commands import applications, github, recording, repository, site
from commands.running import PROJECT
from invoke.collection import Collection


namespace = Collection(
    repository.list_tasks,
    repository.run_tests,
    repository.check,
    repository.fake_ci,
    repository.fake_ci_webhook,
    repository.broker,
    repository.bench,
    repository.package,
    site.docs,
    site.screenshots,
    recording.recording,
    repository.demo,
    Collection("github", github.changes, github.commit_to_verify, github.require_jobs, github.verify_changed_pact),
    *map(applications.collection, PROJECT.applications),
)
