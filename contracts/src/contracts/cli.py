"""`contracts`: the commands of a pipeline, and the broker."""

from __future__ import annotations

import click

from contracts.broker.command import broker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pact-contracts", prog_name="contracts")
def main() -> None:
    """Contract testing: publish, verify, ask, deploy; with an embedded Pact Broker."""


main.add_command(broker)
