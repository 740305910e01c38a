import json

import pytest

from contracts.ci import detection
from contracts.fake_ci import github_events


VERSION = "1" * 40


@pytest.mark.parametrize(
    ("event", "branch"),
    [
        (github_events.push(VERSION, "feat/x"), "feat/x"),
        (github_events.pull_request(VERSION, "feat/x", repository="acme/shop"), "feat/x"),
        (github_events.started_by_hand(VERSION), None),
        (
            github_events.repository_dispatch(
                "changed", {"sha": VERSION, "branch": "b"}, version="2" * 40, branch="main"
            ),
            "b",
        ),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_played_event_is_detected_as_its_version_and_branch(event, branch, tmp_path):
    (tmp_path / "event.json").write_text(json.dumps(event.document))
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event.name,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
        "GITHUB_REF": event.ref,
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_SHA": event.version,
    }

    kind = "own" if event.name == "pull_request" else None
    expected = detection.Build(kind="github", version=VERSION, branch=branch, build_url=None, pull_request=kind)
    assert detection.detect(environ, tmp_path) == expected
