"""The errors of a pipeline that are not bugs. Each has a message for people and an exit status.

```
Exception
├── PipelineError          a step of a pipeline cannot go on
│   ├── ProjectError       the declaration in pyproject.toml is missing or wrong   ci/projects.py
│   ├── TreeError          git is missing, or refuses                              ci/git.py
│   ├── UnknownBuild       the commit or branch of this build is unknown           ci/builds.py
│   ├── InitError          `contracts init` lacks an answer, or got a wrong one    scaffold/answers.py
│   ├── WorkflowError      a workflow file cannot be read, or not played here      fake_ci/workflows.py
│   └── ServerError        a server did not start                                  fake_ci/processes.py
└── ClientError            a broker, its answer or the use of the client           client/errors.py
```
"""

from __future__ import annotations

from typing import ClassVar


class PipelineError(Exception):
    """A step of a pipeline cannot go on; the message says why, and what to do."""

    status: ClassVar[int] = 2
    """The exit status of a command that ends with this error."""
