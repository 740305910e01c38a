"""Connections to where webhooks may go."""

from __future__ import annotations

import socket

import pytest
import requests
from listeners import CERTIFICATE, Listener, Reply

from contracts.broker.webhooks import connections
from contracts.broker.webhooks.connections import HostUnreachable
from contracts.broker.webhooks.deadlines import Deadline
from contracts.model.webhook_targets import ForbiddenAddress


@pytest.fixture
def listener():
    with Listener() as listener:
        yield listener


@pytest.fixture
def leads_to(monkeypatch):
    """Let every name lead to these addresses; gives the names that were looked up."""

    def leads_to(*addresses):
        names = []

        def look_up(host, port, *_, **__):
            if host in addresses:
                return real(host, port, type=socket.SOCK_STREAM)
            names.append(host)
            return [entry for each in addresses for entry in real(each, port, type=socket.SOCK_STREAM)]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return names

    real = socket.getaddrinfo
    return leads_to


def post(url, *allowed, **options):
    with Deadline(5) as deadline, connections.session(allowed, deadline) as session:
        return session.post(url, timeout=5, **options)


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.0/8", "/^127/", "127.*"])
def test_a_listed_host_is_reached(listener, allowed):
    assert post(f"{listener.url}/x", allowed).status_code == 200
    assert listener.wait_for(1)[0].path == "/x"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433"])
def test_this_machine_is_not_reached_unless_it_is_listed(listener, host):
    with pytest.raises(ForbiddenAddress, match=r"does not have a public address"):
        post(f"http://{host}:{listener.port}/")
    assert listener.arrived == []


def test_a_name_with_a_private_address_is_refused(listener, leads_to):
    leads_to("127.0.0.1")
    with pytest.raises(ForbiddenAddress, match=r"^ci\.example\.org does not have a public address"):
        post(f"http://ci.example.org:{listener.port}/")
    assert listener.arrived == []


def test_a_listed_name_is_resolved_once_and_reached_at_the_checked_address(listener, leads_to):
    names = leads_to("127.0.0.1")
    assert post(f"http://ci.example.org:{listener.port}/", "ci.example.org").status_code == 200
    assert names == ["ci.example.org"]
    assert listener.arrived[0].headers["host"] == f"ci.example.org:{listener.port}"


def test_each_address_of_a_host_is_tried(listener, leads_to):
    leads_to("127.0.0.2", "127.0.0.1")
    assert post(f"http://ci.example.org:{listener.port}/", "ci.example.org").status_code == 200


def test_an_error_names_the_reason_for_each_address(leads_to):
    leads_to("127.0.0.2", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(HostUnreachable, match=rf"^ci cannot be reached on port {port} \(Connection refused\)$"):
        post(f"http://ci:{port}/", "ci")


def test_a_name_without_an_address_is_unreachable():
    with pytest.raises(HostUnreachable, match=r"^nobody\.invalid has no address: "):
        post("http://nobody.invalid/")


@pytest.mark.parametrize("host", [f"{'a' * 64}.invalid", "a..invalid"])
def test_an_invalid_name_has_no_address(host):
    with pytest.raises(HostUnreachable, match=r"has no address: "):
        post(f"http://{host}/")


@pytest.mark.parametrize("tls", [False, True])
def test_a_deadline_shuts_down_every_kind_of_connection(tls):
    certificate = str(CERTIFICATE) if tls else None
    with Listener(tls=tls) as listener, Deadline(60) as deadline:
        listener.answers["/x"] = Reply(endless=True)
        with connections.session(["localhost"], deadline) as session:
            url = f"{listener.url.replace('127.0.0.1', 'localhost')}/x"
            with session.post(url, stream=True, verify=certificate) as response:
                assert response.raw.read1(1) == b"x"
                deadline.end()
                while response.raw.read1(100):
                    pass


def test_a_connection_opened_after_the_deadline_is_shut_down(listener):
    deadline = Deadline(60)
    deadline.end()
    with (
        deadline,
        connections.session(["127.0.0.1"], deadline) as session,
        pytest.raises(requests.ConnectionError),
    ):
        session.post(f"{listener.url}/x")


def test_an_ipv6_address_is_checked_without_its_brackets():
    with pytest.raises(ForbiddenAddress, match=r"^::1 does not have a public address"):
        post("http://[::1]:9/")


def test_neither_proxies_nor_credentials_of_the_machine_are_used(listener, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password s3cret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert post(f"{listener.url}/x", "127.0.0.1").status_code == 200
    assert "authorization" not in listener.arrived[0].headers


def test_tls_must_prove_the_host():
    with Listener(tls=True) as listener, pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        post(f"{listener.url}/x", "127.0.0.1")
    assert listener.arrived == []


def test_tls_checks_the_name_although_the_connection_goes_to_an_address(leads_to):
    leads_to("127.0.0.1")
    with Listener(tls=True) as listener:
        listener.answers["/x"] = Reply(204, b"")
        reached = post(f"https://localhost:{listener.port}/x", "localhost", verify=str(CERTIFICATE))
        with pytest.raises(requests.exceptions.SSLError, match="Hostname mismatch"):
            post(f"https://ci.example.org:{listener.port}/x", "ci.example.org", verify=str(CERTIFICATE))
    assert reached.status_code == 204
