"""The hosts that webhooks can reach."""

from __future__ import annotations

import pytest

from contracts.model.webhook_targets import ForbiddenAddress, host_of, is_listed, require_allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104, an address to be refused
        "10.0.0.1",
        "172.16.5.5",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.9",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:7f00:1::1",
        "2001:db8::1",
        "2001:4860::5efe:10.0.0.1",
        "2001:4860::200:5efe:10.0.0.1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_a_private_address_is_refused_unless_it_is_listed(address):
    with pytest.raises(ForbiddenAddress, match="PACT_BROKER_WEBHOOK_HOST_WHITELIST"):
        require_allowed("host", 443, [address], [])
    require_allowed("host", 443, [address], ["host"])
    require_allowed("host", 443, [address], [address])


@pytest.mark.parametrize(
    "address", ["140.82.121.4", "::ffff:140.82.121.4", "64:ff9b::8c52:7904", "2002:8c52:7904::1", "2606:4700::1111"]
)
def test_a_public_address_is_allowed(address):
    require_allowed("host", 443, [address], [])


def test_one_private_address_is_enough_to_refuse_a_host():
    with pytest.raises(ForbiddenAddress, match=r"^ci\.example\.org does not have a public address\. To allow"):
        require_allowed("ci.example.org", 443, ["140.82.121.4", "10.0.0.1"], [])


def test_each_address_of_a_host_may_be_listed():
    require_allowed("ci.example.org", 443, ["10.0.0.1", "fd00::1"], ["10.0.0.0/8", "fd00::/8"])


def test_with_a_list_of_hosts_no_other_host_is_allowed():
    for addresses in (["140.82.121.4"], ["10.0.0.1", "140.82.121.4"]):
        with pytest.raises(ForbiddenAddress, match=r"^ci\.example\.org is not in PACT_BROKER_WEBHOOK_"):
            require_allowed("ci.example.org", 443, addresses, ["10.0.0.0/8", "other.example.org"])


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("ci.example.org", "ci.example.org"),
        ("CI.example.org", "ci.Example.org"),
        ("ci.example.org", "*.example.org"),
        ("ci.example.org", "/^c.\\.example/"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3", "10.1.2.3/8"),
        ("fd00::7", "fd00::/16"),
        ("ci.example.org", "ci.example.org:443"),
        ("ci.example.org", "*.example.org:443"),
        ("10.1.2.3", "10.1.2.3:443"),
        ("fd00::7", "[fd00::7]:443"),
    ],
)
def test_a_host_is_listed_by_name_pattern_expression_address_or_network(host, entry):
    assert is_listed(host, 443, ["other", entry])


@pytest.mark.parametrize(
    ("host", "entry"),
    [
        ("ci.example.org", "example.org"),
        ("example.org.evil.net", "*.example.org"),
        ("example.org", "*.example.org"),
        ("ci.example.org", "10.0.0.0/8"),
        ("11.0.0.1", "10.0.0.0/8"),
        ("::ffff:10.0.0.1", "10.0.0.0/8"),
        ("ci.example.org", "/"),
        ("ci.example.org", "/^example/"),
        ("ci.example.org", "ci.example.org:8080"),
        ("10.1.2.3", "10.1.2.3:44"),
        ("fd00::7", "[fd00::7]:80"),
    ],
)
def test_a_host_is_not_listed_by_a_part_of_its_name(host, entry):
    assert not is_listed(host, 443, [entry])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://CI.example.org:8/x", "ci.example.org"),
        ("https://[::1]/", "::1"),
        ("https://[x/", None),
        ("https://h:99999/", None),
        (f"https://{'a' * 63}.example.org./", f"{'a' * 63}.example.org."),
        (f"https://{'a' * 64}.example.org/", None),
        ("https://a..example.org/", None),
        ("x", None),
    ],
)
def test_the_host_of_an_address(url, host):
    assert host_of(url) == host
