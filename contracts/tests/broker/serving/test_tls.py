"""TLS in the process of the broker."""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pytest
import requests
from certificates import Authority
from processes import wait_for
from sockets import connected, everything

from contracts.broker.serving.server import ServerError, _certificates
from contracts.broker.serving.tls import Certificates, UnusableCertificate
from contracts.broker.settings import Settings


REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n"
CLOSE = b"Connection: close\r\n\r\n"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@contextmanager
def secured(port, authority, own=None, ciphers=None, **context_settings):
    """A connection over TLS, for a client that trusts *authority*, and has the certificate *own*."""
    context = ssl.create_default_context(cafile=authority.path)
    if own is not None:
        context.load_cert_chain(*own)
    if ciphers is not None:
        context.set_ciphers(ciphers)
    for name, value in context_settings.items():
        setattr(context, name, value)
    with connected(port) as plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
        yield connection


def refused(port, authority, **settings):
    """Whether a client gets no response; with TLS 1.3, a certificate is judged after the client's handshake."""
    try:
        with secured(port, authority, **settings) as connection:
            connection.sendall(REQUEST + CLOSE)
            return connection.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        return True


def served_name(connection):
    ((_, name),) = connection.getpeercert()["subject"][0]
    return name


def test_a_request_over_tls_gets_a_response(serve, authority):
    port = serve(Certificates(*authority.issue("broker")))

    with secured(port, authority) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 100000\r\n" + CLOSE + bytes(100_000))
        assert everything(connection).endswith(b"100000")
        assert connection.version() in {"TLSv1.2", "TLSv1.3"}


def test_the_certificate_and_its_key_may_be_in_one_file(serve, authority):
    certificate, key = authority.issue("broker")
    certificate.write_bytes(certificate.read_bytes() + key.read_bytes())

    with secured(serve(Certificates(certificate)), authority) as connection:
        connection.sendall(REQUEST + CLOSE)
        assert everything(connection).startswith(b"HTTP/1.1 200")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(serve, authority):
    port = serve(Certificates(*authority.issue("broker")))

    old = {"minimum_version": ssl.TLSVersion.TLSv1, "maximum_version": ssl.TLSVersion.TLSv1_1}
    assert refused(port, authority, ciphers="ALL:@SECLEVEL=0", **old)
    assert Certificates(*authority.issue("other")).context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_new_certificate_is_used_from_the_next_connection_on_and_open_ones_stay(serve, authority):
    certificate, key = authority.issue("old")
    port = serve(Certificates(certificate, key))
    with secured(port, authority) as before:
        assert served_name(before) == "old"
        for new, path in zip(authority.issue("new"), (certificate, key), strict=True):
            shutil.move(new, path)
        with secured(port, authority) as after:
            assert served_name(after) == "new"
        before.sendall(REQUEST + CLOSE)
        assert everything(before).startswith(b"HTTP/1.1 200")


def test_a_new_certificate_that_cannot_be_used_is_logged_once_and_the_old_one_stays(serve, authority, caplog):
    certificate, key = authority.issue("old")
    port = serve(Certificates(certificate, key))
    shutil.move(authority.issue("new")[0], certificate)  # its key does not follow yet

    for _ in range(2):
        with secured(port, authority) as connection:
            assert served_name(connection) == "old"

    (message,) = (each for each in caplog.messages if "certificate" in each)
    assert message.startswith("The broker keeps its old TLS certificate: The private key in ")


def test_an_operator_learns_without_a_connection_whether_new_files_can_be_used(authority, caplog):
    certificate, key = authority.issue("old")
    certificates = Certificates(certificate, key)
    new_certificate, new_key = authority.issue("new")
    shutil.move(new_certificate, certificate)
    certificates.reload()
    shutil.move(new_key, key)
    with caplog.at_level("INFO"):
        certificates.reload()
    assert [each.partition(":")[0] for each in caplog.messages] == [
        "The broker keeps its old TLS certificate",
        f"The broker uses the new TLS certificate of {certificate}",
    ]


def test_clients_need_a_certificate_if_an_authority_is_named(serve, authority, tmp_path):
    stranger = Authority(tmp_path, "stranger")
    certificates = Certificates(*authority.issue("broker"), authority.path)
    port = serve(certificates)
    with secured(port, authority, own=authority.issue("ci")) as connection:
        connection.sendall(REQUEST + CLOSE)
        assert everything(connection).startswith(b"HTTP/1.1 200")
    for own in (None, stranger.issue("other")):
        assert refused(port, authority, own=own)


def test_the_authorities_of_clients_are_read_again_too(serve, authority, tmp_path):
    stranger, clients = Authority(tmp_path, "stranger"), tmp_path / "clients.pem"
    shutil.copy(authority.path, clients)
    port = serve(Certificates(*authority.issue("broker"), clients))
    shutil.copy(stranger.path, clients)

    with secured(port, authority, own=stranger.issue("ci")) as connection:
        connection.sendall(REQUEST + CLOSE)
        assert everything(connection).startswith(b"HTTP/1.1 200")
    assert refused(port, authority, own=authority.issue("old"))


def test_a_refusal_before_the_application_has_the_security_headers_of_tls(serve, authority):
    with secured(serve(Certificates(*authority.issue("broker")), headers=1), authority) as connection:
        connection.sendall(REQUEST + b"A: 1\r\nB: 1\r\n" + CLOSE)
        assert b"\r\nstrict-transport-security: max-age=31536000\r\n" in everything(connection)


def test_a_client_that_does_not_speak_tls_is_closed(serve, authority):
    port = serve(Certificates(*authority.issue("broker")))

    with connected(port, REQUEST + CLOSE) as connection:
        assert not everything(connection).startswith(b"HTTP")


def test_a_handshake_that_does_not_end_is_closed_and_frees_its_place(serve, authority):
    port = serve(Certificates(*authority.issue("broker")), head_seconds=0.2)

    with connected(port) as connection:
        assert everything(connection) == b""
    while len(serve.places):
        time.sleep(0.01)


def test_handshakes_count_as_connections_of_their_address(serve, authority):
    """Many that never end do not keep others out: the one that has waited longest makes room."""
    port = serve(Certificates(*authority.issue("broker")), connections_of_address=3)

    with ExitStack() as stack:
        silent = [stack.enter_context(connected(port)) for _ in range(3)]
        with secured(port, authority) as connection:
            connection.sendall(REQUEST + CLOSE)
            assert everything(connection).startswith(b"HTTP/1.1 200")
        assert everything(silent[0]) == b""
        assert len(serve.places) <= 3


def passphrase(authority):
    return Certificates(*authority.issue("broker", passphrase=b"s3cret"))


def swapped(authority):
    return Certificates(authority.issue("one")[0], authority.issue("two")[1])


def missing(authority):
    return Certificates(authority.path.with_name("missing.pem"))


def no_pem(authority):
    authority.path.with_name("text.pem").write_text("text")
    return Certificates(authority.path.with_name("text.pem"))


def no_authority(authority):
    authority.path.with_name("text.pem").write_text("text")
    return Certificates(*authority.issue("broker"), authority.path.with_name("text.pem"))


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (passphrase, "has a passphrase. Write it without one, with mode 600: openssl pkey"),
        (swapped, "does not belong to the first certificate in"),
        (missing, "cannot be read (No such file or directory). Set PACT_BROKER_TLS_CERTIFICATE to a PEM file"),
        (no_pem, "Set PACT_BROKER_TLS_CERTIFICATE and PACT_BROKER_TLS_KEY to PEM files"),
        (no_authority, "has no certificate of an authority. Set PACT_BROKER_TLS_CLIENT_CA to a PEM file"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_what_to_do(authority, load, message):
    with pytest.raises(UnusableCertificate) as error:
        load(authority)

    assert message in str(error.value)


def test_a_key_without_a_certificate_is_refused(authority):
    with pytest.raises(
        ServerError, match=r"TLS_CERTIFICATE is not set, so PACT_BROKER_TLS_KEY .* would protect nothing"
    ):
        _certificates(Settings(tls_key=str(authority.issue("broker")[1])))


def test_a_broker_with_an_unusable_certificate_does_not_start(tmp_path):
    with pytest.raises(ServerError, match=r"no\.pem cannot be read"):
        _certificates(Settings(tls_certificate=str(tmp_path / "no.pem")))


def test_without_a_certificate_there_is_no_tls():
    assert _certificates(Settings()) is None


@pytest.mark.thorough
def test_two_processes_serve_tls_and_both_take_a_new_certificate(tmp_path, authority):
    certificate, key = authority.issue("old")
    options = ["--port", "0", "--workers", "2", "--tls-certificate", certificate, "--tls-key", key]
    command = [sys.executable, "-m", "contracts.broker", *options, "--database-url", f"sqlite:///{tmp_path}/b.sqlite3"]
    log = tmp_path / "log"
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):

        def reports_a_hang_up():
            process.send_signal(signal.SIGHUP)
            return "keeps its old TLS certificate" in log.read_text()

        try:
            url = process.stdout.readline().removeprefix("Pact Broker at ").strip()
            assert url.startswith("https://127.0.0.1:")
            port = int(url.rpartition(":")[2])
            wait_for(lambda: answers(url, authority))
            response = requests.get(f"{url}/pacticipants", verify=authority.path, timeout=60)
            assert response.headers["strict-transport-security"] == "max-age=31536000"
            assert response.json()["_links"]["self"]["href"] == f"{url}/pacticipants"
            new_certificate, new_key = authority.issue("new")
            new_certificate.replace(certificate)
            wait_for(reports_a_hang_up)
            new_key.replace(key)
            names = set()
            for _ in range(20):
                with secured(port, authority) as connection:
                    names.add(served_name(connection))
            assert names == {"new"}
        finally:
            process.terminate()
        assert process.wait(timeout=60) == 0


def answers(url, authority):
    try:
        return requests.get(url, verify=authority.path, timeout=60).ok
    except requests.RequestException:
        return False
