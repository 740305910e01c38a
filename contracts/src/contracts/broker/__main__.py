"""`python -m contracts.broker`: serve the embedded broker."""

from __future__ import annotations

from contracts.broker.command import broker


if __name__ == "__main__":
    broker(prog_name="python -m contracts.broker")
