"""Reported faults, reproduced: each script plays one against a broker of its own, and exits 0 if all is right."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from shared import folder, needs


CASES = sorted(path.name for path in folder("cases").glob("[0-9][0-9]_*.py"))

pytestmark = [pytest.mark.thorough, needs("cases")]


@pytest.mark.parametrize("case", CASES or ["none"])
def test_a_reported_fault_does_not_occur(case, tmp_path):
    ran = subprocess.run(
        [sys.executable, str(folder("cases") / case)],
        cwd=tmp_path,
        env={**os.environ, "PY": sys.executable, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
