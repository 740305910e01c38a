"""Contracts that a version cannot publish."""

from __future__ import annotations

from contracts.model.modifications import MOST_SHOWN, Modification, Modified


def modified(count):
    return Modified(
        [Modification(number="1", provider=f"P{each}", stored='{"a":1}', sent={"a": 2}) for each in range(count)]
    )


def test_the_error_has_the_reason_and_the_differences_of_each_contract():
    conflict = modified(2).explained()
    assert [each.partition(" already.")[0] for each in conflict.errors] == [
        f"Version 1 has published another contract with {provider}" for provider in ("P0", "P1")
    ]
    assert [(each.type, each.text) for each in conflict.notices[2:]] == [
        ("error", conflict.errors[1]),
        ("info", '…\n {\n-  "a": 1\n+  "a": 2\n }'),
    ]


def test_only_the_differences_of_the_first_contracts_are_shown():
    notices = modified(MOST_SHOWN + 2).explained().notices
    shown = [each.text for each in notices if each.type == "info"]
    assert shown[MOST_SHOWN - 1].startswith("…")
    assert shown[MOST_SHOWN:] == [f"Only {MOST_SHOWN} differences are shown."] * 2
