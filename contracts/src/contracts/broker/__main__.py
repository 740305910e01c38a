"""`python -m contracts.broker`: serve the embedded broker."""

from __future__ import annotations

from contracts.cli.broker import command


if __name__ == "__main__":
    command(prog_name="python -m contracts.broker")
