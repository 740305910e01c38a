"""A running broker for tests, ours and users'."""

from __future__ import annotations

import pytest
import requests

from contracts.testing import running_broker


def test_a_broker_runs_while_the_block_does():
    with running_broker() as broker:
        assert requests.get(broker.base_url, timeout=5).status_code == 200

    with pytest.raises(requests.ConnectionError):
        requests.get(broker.base_url, timeout=5)


def test_its_data_can_be_kept(tmp_path):
    url = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    with running_broker(url) as broker:
        requests.post(f"{broker.base_url}/pacticipants", json={"name": "Till"}, timeout=5)

    with running_broker(url) as broker:
        assert requests.get(f"{broker.base_url}/pacticipants/Till", timeout=5).status_code == 200


def test_its_settings_can_be_chosen():
    with running_broker(basic_auth_enabled=True) as broker:
        assert requests.get(broker.base_url, timeout=5).status_code == 401


def test_each_test_that_asks_for_one_gets_an_empty_broker(pytester):
    pytester.makepyfile(
        """
        import pytest
        import requests

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(pact_broker, turn):
            listed = requests.get(f"{pact_broker.base_url}/pacticipants", timeout=5).json()
            assert listed["pacticipants"] == []
            requests.post(f"{pact_broker.base_url}/pacticipants", json={"name": "Till"}, timeout=5)
        """
    )

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)
