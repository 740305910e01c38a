"""The order in which fake-ci plays the applications of a repository."""

from types import SimpleNamespace

import pytest

from contracts.ci import projects
from contracts.fake_ci.play import play_all


APPLICATIONS = """
[tool.contracts.applications.web]
role = "consumer"
providers = ["stock", "prices"]
[tool.contracts.applications.app]
role = "consumer"
providers = ["gateway"]
[tool.contracts.applications.gateway]
role = "both"
providers = ["stock"]
[tool.contracts.applications.stock]
role = "provider"
[tool.contracts.applications.prices]
role = "provider"
"""


@pytest.fixture
def applications(tmp_path):
    (tmp_path / "pyproject.toml").write_text(APPLICATIONS)
    return projects.load(tmp_path).in_order


class Recorder:
    """Stands for a run: notes what would happen."""

    event = None

    def __init__(self, *, embedded, providers=("stock",)):
        self.project = SimpleNamespace(providers=providers)
        self.target = SimpleNamespace(embedded=embedded)
        self.events = []

    def put_webhooks(self):
        self.events.append("webhooks")

    def start_verifications_here(self):
        self.events.append("verifications from here")

    def play(self, application, _event):
        self.events.append(application.name)


@pytest.mark.parametrize(
    ("embedded", "webhook", "before_consumers"),
    [(True, False, "webhooks"), (False, True, "webhooks"), (False, False, "verifications from here")],
    ids=["embedded broker", "configured broker with a webhook", "configured broker"],
)
def test_all_providers_come_before_the_webhooks_and_those_before_all_consumers(
    applications, embedded, webhook, before_consumers
):
    loop = Recorder(embedded=embedded)
    play_all(loop, applications, webhook=webhook)
    assert loop.events == ["stock", "prices", before_consumers, "web", "gateway", "app"]


def test_providers_alone_need_no_webhook(applications):
    loop = Recorder(embedded=True)
    play_all(loop, tuple(each for each in applications if not each.consumes), webhook=False)
    assert loop.events == ["stock", "prices"]


def test_consumers_of_other_repositories_providers_need_no_webhook(applications):
    loop = Recorder(embedded=True, providers=())
    play_all(loop, tuple(each for each in applications if each.name == "web"), webhook=False)
    assert loop.events == ["web"]
