import pytest

from contracts.fake_ci.workflows import Job, Step, Workflow, WorkflowError, read, read_all


WORKFLOW = """
name: example
on:
  push:
  repository_dispatch:
    types: [changed]
permissions: {}
env:
  ANSWER: 42
jobs:
  last:
    needs: [first, middle]
    if: always()
    steps:
      - name: a name
        run: invoke gate
  first:
    outputs:
      found: ${{ steps.look.outputs.found }}
    steps:
      - uses: actions/checkout@0123 # v1
        with:
          persist-credentials: false
      - id: look
        run: |
          invoke look
        if: true
        env:
          FLAG: true
  middle:
    needs: first
    env:
      WHO: job
    steps:
      - run: invoke work
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="example.yml"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def test_a_workflow_is_read_with_its_jobs_in_order(write):
    first = Job(
        identifier="first",
        outputs={"found": "${{ steps.look.outputs.found }}"},
        steps=(
            Step(label="actions/checkout@0123", uses="actions/checkout@0123", inputs={"persist-credentials": "false"}),
            Step(
                label="invoke look\n",
                identifier="look",
                run="invoke look",
                condition="true",
                environment={"FLAG": "true"},
            ),
        ),
    )
    middle = Job(
        identifier="middle",
        needs=("first",),
        environment={"WHO": "job"},
        steps=(Step(label="invoke work", run="invoke work"),),
    )
    last = Job(
        identifier="last",
        needs=("first", "middle"),
        condition="always()",
        steps=(Step(label="a name", run="invoke gate"),),
    )

    workflow = read(write(WORKFLOW))

    assert workflow == Workflow(
        file="example.yml",
        name="example",
        environment={"ANSWER": "42"},
        events=("push", "repository_dispatch"),
        dispatch_types=("changed",),
        jobs=(first, middle, last),
    )
    assert workflow.lines == ("invoke look", "invoke work", "invoke gate")


def test_all_workflows_of_a_folder_are_read(write):
    write("on: push\njobs: {}\n", "b.yml")
    path = write("on: [push]\njobs: {}\n", "a.yml")

    assert [(each.file, each.name, each.dispatch_types) for each in read_all(path.parent)] == [
        ("a.yml", "a", ()),
        ("b.yml", "b", ()),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("on: push\njobs: {a: {needs: b, steps: []}, b: {needs: a, steps: []}}", "need each other"),
        ("on: push\njobs: {a: {needs: absent, steps: []}}", "a job that does not exist: a"),
        ("on: push\n", "cannot be read"),
        ("just a text", "cannot be read"),
        ("jobs: [", "cannot be read"),
        ("on: push\njobs: {a: {}}", "cannot be read"),
    ],
)
def test_an_unreadable_workflow_is_an_error_that_names_the_file(write, text, reason):
    path = write(text)

    with pytest.raises(WorkflowError) as raised:
        read(path)

    assert reason in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_missing_workflow_is_an_error_that_names_it(tmp_path):
    with pytest.raises(WorkflowError, match=r"absent\.yml cannot be read"):
        read(tmp_path / "absent.yml")


def job(write, text):
    return read(write(f"on: push\njobs: {{a: {text}}}")).jobs[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{steps: [], container: x}", "it uses 'container'"),
        ("{steps: [], services: {db: {image: x}}}", "it uses 'services'"),
        ("{uses: ./.github/workflows/other.yml}", "it calls the workflow ./.github/workflows/other.yml"),
        ("{steps: [], runs-on: windows-2025}", "it runs on windows-2025"),
        ("{steps: [], strategy: {matrix: '${{ fromJSON(needs.x.outputs.y) }}'}}", "its matrix is not a list of values"),
        ("{steps: [], if: hashFiles('x')}", "This expression can only be evaluated on GitHub: hashFiles('x')"),
        ("{steps: [], env: {X: '${{ other.x }}'}}", "This expression can only be evaluated on GitHub: other.x"),
        ("{steps: [], if: github.ref}", ""),
    ],
)
def test_a_job_says_why_it_cannot_be_played(write, text, reason):
    assert job(write, text).unplayable == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{run: x, background: true}", "it uses 'background'"),
        ("{run: x, shell: pwsh}", "its shell is pwsh"),
        ("{run: '${{ hashFiles(1) }}'}", "This expression can only be evaluated on GitHub: hashFiles(1)"),
        ("{run: '${{ matrix.x }}', shell: sh, working-directory: y}", ""),
    ],
)
def test_a_step_says_why_it_cannot_be_played(write, text, reason):
    (step,) = job(write, f"{{steps: [{text}]}}").steps
    assert step.unplayable == reason


def test_defaults_of_a_job_win_over_those_of_its_workflow(write):
    workflow = read(
        write(
            "on: push\ndefaults: {run: {shell: sh, working-directory: a}}\n"
            "jobs: {a: {defaults: {run: {working-directory: b}}, steps: [{run: x}, {run: y, shell: bash}]}}"
        )
    )
    assert [(step.shell, step.directory) for step in workflow.jobs[0].steps] == [("sh", "b"), ("bash", "b")]


def test_the_first_combination_of_a_matrix_is_played(write):
    matrix = job(write, "{steps: [], strategy: {matrix: {python: [3.11, 3.13], os: [linux, windows]}}}")
    assert (matrix.matrix, matrix.combinations) == ({"python": 3.11, "os": "linux"}, 4)
    included = job(write, "{steps: [], strategy: {matrix: {include: [{python: 3.12}]}}}")
    assert (included.matrix, included.combinations) == ({"python": 3.12}, 1)
