"""The holders of tokens: what a look at one costs the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def test_while_a_use_is_recorded_nobody_else_waits(http, broker, monkeypatch):
    first, second = (http.post("/tokens", json={"note": note}).json()["token"] for note in ("first", "second"))
    bearers, recorded = broker.bearers, []

    def record(token, _now):
        """Let others present tokens while this use waits for the writer."""
        recorded.append(token.note)
        assert bearers.remembered(first).name == "the token first"
        assert other.submit(bearers.look_up, second).result(timeout=60).name == "the token second"

    monkeypatch.setattr(bearers, "_record_use", record)
    with ThreadPoolExecutor(1) as other:
        assert bearers.look_up(first).name == "the token first"
    assert recorded == ["first"]
