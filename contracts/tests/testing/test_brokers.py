"""A running broker for tests, ours and users'."""

from __future__ import annotations

import subprocess
import sys

import pytest
import requests

from contracts.testing import running_broker


def test_a_broker_runs_while_the_block_does():
    with running_broker() as broker:
        assert requests.get(broker.base_url, timeout=60).status_code == 200

    with pytest.raises(requests.ConnectionError):
        requests.get(broker.base_url, timeout=60)


def test_its_data_can_be_kept(tmp_path):
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    with running_broker(url) as broker:
        requests.post(f"{broker.base_url}/pacticipants", json={"name": "Till"}, timeout=60)

    with running_broker(url) as broker:
        assert requests.get(f"{broker.base_url}/pacticipants/Till", timeout=60).status_code == 200


def test_its_settings_can_be_chosen():
    with running_broker(basic_auth_enabled=True, basic_auth_username="ann", basic_auth_password="s") as broker:
        assert requests.get(broker.base_url, timeout=60).status_code == 401


@pytest.mark.thorough
def test_each_test_that_asks_for_one_gets_an_empty_broker(pytester):
    pytester.makepyfile(
        """
        import pytest
        import requests

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(pact_broker, turn):
            listed = requests.get(f"{pact_broker.base_url}/pacticipants", timeout=60).json()
            assert listed["pacticipants"] == []
            requests.post(f"{pact_broker.base_url}/pacticipants", json={"name": "Till"}, timeout=60)
        """
    )

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)


# what somebody writes who has the package and pytest, and no file of settings
A_USER_S_TESTS = """
import json

import pytest

from contracts.client import Broker, Contract
from contracts.testing import running_broker


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_my_tool_publishes_is_to_be_verified(pact_broker, version):
    pact = {"consumer": {"name": "shop"}, "provider": {"name": "stock"}, "interactions": []}
    contract = Contract(consumer="shop", provider="stock", content=json.dumps(pact).encode())
    with Broker(pact_broker.base_url) as broker:
        broker.publish_contracts(pacticipant="shop", version=version, contracts=[contract], branch="main")

        (to_verify,) = broker.pacts_for_verification("stock")

    assert f"shop ({version})" in to_verify.name


@pytest.fixture(scope="module")
def guarded():
    with running_broker(basic_auth_enabled=True, basic_auth_username="ann", basic_auth_password="s") as broker:
        yield broker


def test_a_broker_can_be_kept_for_a_module(guarded):
    with Broker(guarded.base_url, username="ann", password="s") as broker:
        assert broker.environments() == ()
"""


@pytest.mark.thorough
@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["alone", "in parallel"])
def test_a_user_s_tests_have_a_broker_without_setting_anything_up(pytester, options):
    pytester.makepyfile(test_shop=A_USER_S_TESTS)

    ran = pytester.runpytest_subprocess("-W", "error", *options)

    ran.assert_outcomes(passed=3)


@pytest.mark.thorough
def test_tests_without_a_broker_do_not_load_one(pytester):
    pytester.makepyfile("""
        import sys

        def test_it():
            assert not {"contracts.broker", "sqlalchemy", "starlette", "uvicorn"} & set(sys.modules)
    """)

    # schemathesis, which is here for this package's own tests, brings a server of its own
    pytester.runpytest_subprocess("-p", "no:schemathesis").assert_outcomes(passed=1)


def test_without_the_brokers_libraries_the_missing_extra_is_named():
    code = """
import sys
sys.modules["sqlalchemy"] = None
from contracts.testing import running_broker
try:
    with running_broker(): pass
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("A running broker needs the extra 'broker' (")
    assert "pip install 'pact-contracts[broker]'" in done.stdout


@pytest.mark.thorough
def test_commands_and_clients_under_test_find_the_broker(monkeypatch, pytester):
    for name in ("TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"PACT_BROKER_{name}", "of-another-broker")
    pytester.makepyfile(
        """
        import os

        def test_own(pact_broker):
            assert os.environ["PACT_BROKER_BASE_URL"] == pact_broker.base_url
            assert not {"PACT_BROKER_TOKEN", "PACT_BROKER_USERNAME", "PACT_BROKER_PASSWORD"} & set(os.environ)
            with pact_broker.client as client:
                client.create_environment(name="live", production=True)
                assert [each.name for each in client.environments()] == ["live"]

        def test_shared(session_pact_broker):
            with session_pact_broker.client as client:
                client.create_environment(name="live", production=True)

        def test_shared_by_the_session(session_pact_broker):
            assert os.environ["PACT_BROKER_BASE_URL"] == session_pact_broker.base_url
            with session_pact_broker.client as client:
                assert [each.name for each in client.environments()] == ["live"]

        def test_seeded(seeded_pact_broker):
            with seeded_pact_broker.client as client:
                assert len(client.pacticipants()) > 1
                assert client.currently_deployed("production")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-n0")
    result.assert_outcomes(passed=4)
