"""`python -m consumer`: the table on standard output, errors on standard error, an exit status."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from consumer.__main__ import main


PRODUCTS = [
    {"id": "1", "name": "Darjeeling, 100 g", "type": "tea", "price_cents": 890},
    {"id": "10", "name": "Kettle", "type": "equipment", "price_cents": 123400},
]

TABLE = """\
ID  NAME               TYPE         PRICE
1   Darjeeling, 100 g  tea           8.90
10  Kettle             equipment  1234.00
"""


def test_the_catalogue_is_printed_as_a_table(answering, capsys):
    assert main(["--base-url", answering(json.dumps(PRODUCTS).encode())]) == 0
    assert capsys.readouterr() == (TABLE, "")


def test_an_empty_catalogue_is_printed_as_no_products(answering, capsys):
    assert main(["--base-url", answering(b"[]"), "--type", "tea"]) == 0
    assert capsys.readouterr() == ("No products.\n", "")


def test_an_unavailable_catalogue_is_an_error_on_standard_error(answering, capsys):
    assert main(["--base-url", answering(b'{"detail": "Later."}', status=503)]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("The catalogue is unavailable: http://catalogue/products")
    assert printed.err.endswith("/products answered 503 (Later.)\n")


def test_an_unexpected_answer_is_an_error_on_standard_error(answering, capsys):
    assert main(["--base-url", answering(b"{}")]) == 1
    reason = "the list of products should be a list, not {}"
    printed = ("", f"The catalogue gave an unexpected answer: {reason}\n")
    assert capsys.readouterr() == printed


@pytest.mark.parametrize("arguments", [[], ["--base-url", "here"], ["--base-url", "http://here", "--timeout", "0"]])
def test_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: python -m consumer" in capsys.readouterr().err


def test_the_package_runs_as_a_command():
    finished = subprocess.run([sys.executable, "-m", "consumer", "--help"], capture_output=True, text=True, check=True)
    assert "Exit status: 0 printed" in finished.stdout
