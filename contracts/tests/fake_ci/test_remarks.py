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


def test_the_actions_of_a_repository_are_looked_into(tmp_path):
    folder = tmp_path / ".github" / "actions" / "own"
    folder.mkdir(parents=True)
    (folder / "action.yml").write_text(
        "runs: {using: composite, steps: [{uses: actions/cache@1}, {uses: someone/else@1}, {run: x, shell: bash}]}"
    )
    (tmp_path / "ci.yml").write_text(
        "on: push\njobs: {a: {steps: [{uses: ./.github/actions/own}, {uses: ./.github/actions/absent}]}}"
    )

    assert remarks([read(tmp_path / "ci.yml")], tmp_path) == Remarks(
        unplayable=(
            "ci.yml, job a: the action someone/else",
            "ci.yml, job a, ./.github/actions/absent: the action ./.github/actions/absent does not exist",
        ),
        not_needed=("actions/cache",),
    )
