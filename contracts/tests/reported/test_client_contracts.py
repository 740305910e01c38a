"""The official clients' own contracts, with this broker as the provider."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from shared import folder, needs


@pytest.mark.thorough
@needs("client-pacts")
def test_the_broker_honours_the_contracts_of_the_official_clients():
    ran = subprocess.run(
        [str(folder("client-pacts") / "run")],
        env={**os.environ, "BROKER_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    assert re.search(r"\b0 failed", ran.stdout)
