"""What the options of `contracts verify` mean."""

from __future__ import annotations

import pytest

from contracts.cli.headers import parse_headers
from contracts.cli.verify_options import allowed_plugins
from contracts.client import UsageError


def test_headers_are_written_with_a_colon_or_an_equals_sign():
    assert parse_headers(["Authorization: Bearer a=b", "X-Tenant=a:b", "X-Empty:"]) == (
        ("Authorization", "Bearer a=b"),
        ("X-Tenant", "a:b"),
        ("X-Empty", ""),
    )


@pytest.mark.parametrize("text", ["", "Bearer", ":x", "X: a\r\nY: b"])
def test_a_malformed_header_is_refused(text):
    with pytest.raises(UsageError, match="is not a header"):
        parse_headers([text])


def test_a_plugin_is_allowed_by_an_option_the_environment_or_the_providers_project(tmp_path):
    assert allowed_plugins((), {}, tmp_path) == frozenset()
    (tmp_path / "pyproject.toml").write_text('[tool.contracts.verify]\nplugins = ["grpc"]\n')
    environ = {"CONTRACTS_ALLOWED_PLUGINS": "csv, protobuf,"}
    assert allowed_plugins(["avro"], environ, tmp_path) == {"avro", "csv", "protobuf", "grpc"}


@pytest.mark.parametrize(
    "text", ["[tool", "[tool.contracts.verify]\nplugins = 'csv'", "[tool.contracts.verify]\nplugins = [1]"]
)
def test_a_project_that_cannot_be_read_is_wrong_usage(tmp_path, text):
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=r"pyproject\.toml"):
        allowed_plugins((), {}, tmp_path)
