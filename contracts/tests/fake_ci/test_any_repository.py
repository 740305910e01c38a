"""`contracts fake-ci` in a repository that has nothing to do with this one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.client import Broker
from contracts.fake_ci.environments import own_environment
from contracts.testing import running_broker


CONTRACTS = Path(sys.executable).with_name("contracts")
PYPROJECT = """
[tool.contracts.applications.shop]
role = "consumer"
folder = "."
workflow = "shop.yml"
providers = ["stock"]

[tool.contracts.applications.stock]
role = "provider"
folder = "."
workflow = "stock.yml"
"""
HEAD = """
on: {push: {branches: [main]}, pull_request: {}}
env:
  PACT_BROKER_BASE_URL: ${{ vars.PACT_BROKER_BASE_URL }}
"""
SETUP = """
      - uses: actions/checkout@v5
        with: {ref: "${{ github.event.pull_request.head.sha || github.sha }}"}
      - uses: actions/setup-python@v6
        with: {python-version: "3.13"}
      - run: python -c "import sys; assert '.contracts' in sys.prefix, sys.prefix"
"""
DEPLOY = """
  deploy:
    needs: contract
    if: github.event_name == 'push'
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - run: echo deploying
      - run: contracts record-deployment -a {0} --environment production
"""
STOCK = f"""
name: stock{HEAD}
jobs:
  contract:
    runs-on: ubuntu-24.04
    steps:{SETUP}
      - run: >-
          contracts verify --provider stock --app stock:app --states stock:STATES
          --version "$GITHUB_SHA" --branch "${{GIT_BRANCH:-$GITHUB_REF_NAME}}" --allow-no-pacts --publish
      - run: contracts can-i-deploy -a stock --to-environment production
{DEPLOY.format("stock")}
"""
SHOP = f"""
name: shop{HEAD}
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:{SETUP}
      - name: Write the pact
        run: |
          mkdir -p pacts
          python write_pact.py > pacts/shop-stock.json
      - uses: actions/upload-artifact@v4
        with: {{name: pacts, path: pacts}}
      - uses: someone/notify@v1
  contract:
    needs: test
    runs-on: ubuntu-24.04
    steps:{SETUP}
      - uses: actions/download-artifact@v4
        with: {{name: pacts, path: pacts}}
      - run: contracts publish pacts
      - run: >-
          contracts can-i-deploy -a shop --to-environment production
          --wait-seconds ${{{{ vars.CAN_I_DEPLOY_WAIT_SECONDS }}}}
{DEPLOY.format("shop")}
"""
VERIFY = """
name: stock verifies a changed pact
on:
  repository_dispatch:
    types: [contract_requiring_verification_published]
env:
  PACT_BROKER_BASE_URL: ${{ vars.PACT_BROKER_BASE_URL }}
  PACT_URL: ${{ github.event.client_payload.pact_url }}
  GIT_COMMIT: ${{ github.event.client_payload.sha || github.sha }}
  GIT_BRANCH: ${{ github.event.client_payload.branch }}
jobs:
  verify:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
        with: {fetch-depth: 0}
      - name: Check the commit out
        shell: bash
        run: |
          [[ "$GIT_COMMIT" =~ ^[0-9a-f]{40}$ ]]
          test -n "$(git branch --remotes --contains "$GIT_COMMIT")"
          git checkout --detach "$GIT_COMMIT"
      - run: >-
          contracts verify --pact-url "$PACT_URL" --provider stock --app stock:app --states stock:STATES
          --version "$GIT_COMMIT" --branch "$GIT_BRANCH" --publish
"""
APP = """
ITEMS = {}


async def app(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError(scope["type"])
    body = b'{"id": "1", "name": "tea"}' if ITEMS else b'{}'
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


STATES = {"an item exists": lambda parameters: ITEMS.update({"1": "tea"})}
"""
PACT = """
import json

print(json.dumps({
    "consumer": {"name": "shop"}, "provider": {"name": "stock"},
    "interactions": [{
        "type": "Synchronous/HTTP",
        "description": "a request for an item",
        "providerStates": [{"name": "an item exists"}],
        "request": {"method": "GET", "path": "/items/1"},
        "response": {
            "status": 200, "headers": {"content-type": ["application/json"]},
            "body": {"content": {"id": "1"}, "contentType": "application/json", "encoded": False},
        },
    }],
    "metadata": {"pactSpecification": {"version": "4.0"}},
}))
"""


@pytest.fixture
def repository(tmp_path, git):
    root = tmp_path / "repository"
    files = {
        "pyproject.toml": PYPROJECT,
        "stock.py": APP,
        "write_pact.py": PACT,
        ".github/workflows/stock.yml": STOCK,
        ".github/workflows/shop.yml": SHOP,
        ".github/workflows/verify.yml": VERIFY,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip())
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")
    return root


@pytest.fixture
def fake_ci(repository):
    """Run `contracts fake-ci` in the repository, or in another one; return its exit status and output."""

    def fake_ci(*arguments, root=repository, **environ):
        return subprocess.run(
            [CONTRACTS, "fake-ci", *arguments],
            cwd=root,
            env=own_environment() | environ,
            capture_output=True,
            text=True,
            check=False,
        )

    return fake_ci


@pytest.mark.thorough
def test_the_workflows_publish_verify_gate_and_deploy(repository, fake_ci, git):
    """The user's tree, branch and environment stay as they are; uncommitted changes are played."""
    version = git(repository, "rev-parse", "HEAD")

    answer = fake_ci()

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "shop.yml, job test: the action someone/notify" in answer.stdout.partition("stock (stock.yml)")[0]
    assert "✓ stock.yml" in answer.stdout
    assert "✓ shop.yml" in answer.stdout
    assert "✓ verify.yml" in answer.stdout
    assert f"version {version}, branch main" in answer.stdout
    assert answer.stdout.endswith("Everything passed, except what was skipped: see the top.\n")
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "branch", "--show-current") == "main"
    assert not (repository / "pacts").exists()

    (repository / "stock.py").write_text(APP.replace('"id": "1"', '"number": "1"'))
    broken = fake_ci("stock")

    assert broken.returncode == 1
    assert "shop needs id in the response of stock to 'a request for an item'" in broken.stdout
    assert "main with uncommitted changes" in broken.stdout


@pytest.mark.thorough
def test_a_configured_broker_is_used_and_applications_are_found_in_the_workflows(repository, fake_ci):
    (repository / "pyproject.toml").unlink()
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)

        answer = fake_ci(PACT_BROKER_BASE_URL=running.base_url)

        assert answer.returncode == 0, answer.stdout + answer.stderr
        for name in ("stock", "shop"):
            assert broker.currently_deployed("production", pacticipant=name)
        assert broker.webhooks() == ()


@pytest.mark.thorough
def test_applications_in_two_repositories_meet_at_one_broker(repository, fake_ci, git):
    shop = repository.with_name("shop")
    shutil.copytree(repository, shop)
    stock_files = ["stock.py", ".github/workflows/stock.yml", ".github/workflows/verify.yml"]
    shop_files = ["write_pact.py", ".github/workflows/shop.yml"]
    for root, names in ((shop, stock_files), (repository, shop_files)):
        for name in [*names, "pyproject.toml"]:
            (root / name).unlink()
        git(root, "commit", "--quiet", "--all", "--message=one application")
    with running_broker() as running, Broker(running.base_url) as broker:
        broker.create_environment("production", production=True)
        environ = {"PACT_BROKER_BASE_URL": running.base_url, "CAN_I_DEPLOY_WAIT_SECONDS": "1"}

        assert fake_ci(**environ).returncode == 0
        early = fake_ci(root=shop, **environ)
        assert early.returncode == 1
        assert "unknown: " in early.stdout
        assert fake_ci(**environ).returncode == 0
        answer = fake_ci(root=shop, **environ)

        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert broker.currently_deployed("production", pacticipant="shop")


def test_an_unknown_application_is_refused(fake_ci):
    answer = fake_ci("stok")
    assert (answer.returncode, answer.stderr) == (2, "This repository has no application 'stok'. It has: shop, stock\n")


def test_a_repository_without_applications_says_what_to_do(fake_ci, repository):
    (repository / "pyproject.toml").unlink()
    for path in (repository / ".github" / "workflows").iterdir():
        path.write_text("on: push\njobs: {a: {steps: [{run: make}]}}\n")
    answer = fake_ci()
    assert answer.returncode == 2
    assert "Set both up with `contracts init`." in answer.stderr
