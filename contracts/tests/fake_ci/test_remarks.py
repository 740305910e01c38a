"""What users read before a run starts."""

from contracts.fake_ci.remarks import Remarks, remarks
from contracts.fake_ci.workflows import read


def test_everything_that_is_skipped_or_played_in_part_is_named(tmp_path):
    (tmp_path / "ci.yml").write_text("""
on: push
jobs:
  test:
    strategy: {matrix: {python: [3.11, 3.13]}}
    steps:
      - uses: actions/checkout@0123
      - uses: actions/setup-python@0123
      - uses: ./.github/actions/own
      - uses: actions/cache@0123
      - uses: someone/deploy@0123
      - name: on Windows
        run: x
        shell: pwsh
  database:
    services: {db: {image: postgres}}
    steps:
      - uses: another/action@0123
""")

    assert remarks([read(tmp_path / "ci.yml")]) == Remarks(
        unplayable=(
            "ci.yml, job database: it uses 'services'",
            "ci.yml, job test: the action someone/deploy",
            "ci.yml, job test, on Windows: its shell is pwsh",
        ),
        partial=("ci.yml, job test: only the first of 2 combinations (python 3.11)",),
        not_needed=("actions/setup-python", "./.github/actions/own", "actions/cache"),
    )
