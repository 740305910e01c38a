"""Reports for people, in which no text of a broker or a pull request becomes a command."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from contracts.ci.gate import Decision, Waiting
from contracts.ci.publish import PublishedPacts
from contracts.ci.report import Reporter, WaitReport, annotation, markdown, plain, terminal
from contracts.client import Contract
from contracts.client.documents import Row
from contracts.client.questions import Question, VersionChoice
from contracts.model.cause_classes import Cause, CauseClass
from contracts.model.notices import Notice
from contracts.verification.verify import Interaction, Report


class Reader:
    """A reporter whose console and summary can be read."""

    def __init__(self, summary=None, *, annotate=False):
        self.file = io.StringIO()
        console = Console(file=self.file, width=100, markup=False, emoji=False, highlight=False)
        self.reporter = Reporter(console=console, summary=summary, annotate=annotate)

    @property
    def lines(self):
        return self.file.getvalue().splitlines()


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def github(tmp_path):
    return Reader(tmp_path / "summary.md", annotate=True)


def row(success, **more):
    rows = {
        "consumer": "web",
        "consumer_version": "1",
        "provider": "api",
        "provider_version": None if success is None else "9",
        "success": success,
        "verification_url": None,
        "pact_url": None,
        "ignored": False,
    }
    return Row(**{**rows, **more})


def verdict(deployable, *rows, reasons=("because",), causes=()):
    return Decision(
        question=Question(versions=(VersionChoice(pacticipant="web", version="1f3a"),), environment="production"),
        deployable=deployable,
        rows=rows,
        notices=(),
        remarks=reasons,
        causes=causes,
        waited_seconds=0,
    )


def interaction(description="one", *, success=True, pending=False, problems=(), states=()):
    return Interaction(
        consumer="web",
        description=description,
        states=states,
        success=success,
        pending=pending,
        problems=problems,
    )


def report(*interactions, notes=(), published=False):
    return Report(
        provider="api", version="1", branch="main", interactions=interactions, published=published, notes=notes
    )


class TestTexts:
    @given(st.text())
    def test_no_line_is_a_command_to_githubs_runner_or_the_terminal(self, text):
        for hostile in (text, f"::{text}", f"{text}\n  ::error::x", f"##[{text}", f"\x1b]0;{text}\r::debug::"):
            shown = plain(hostile)
            assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
            assert "##[" not in shown
            assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]", shown)

    def test_ordinary_text_stays_as_it_is(self):
        assert plain("a: b::c\n  d\te é ✓") == "a: b::c\n  d\te é ✓"

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("a_b*c`", r"a\_b\*c\`"),
            ("<script>", r"&lt;script\>"),
            ("a|b", r"a\|b"),
            ("[x](y)", r"\[x\]\(y\)"),
            ("one\n\n## two", r"one \#\# two"),
            ("R&D", "R&amp;D"),
        ],
    )
    def test_markdown_reads_as_the_text(self, text, written):
        assert markdown(text) == written

    @given(st.text())
    def test_markdown_is_one_line_without_tags(self, text):
        written = markdown(text)
        assert len(written.splitlines()) <= 1
        assert "<" not in written

    def test_an_annotation_is_one_line_whatever_it_says(self):
        assert (
            annotation("error", "50%\r\n::x", title="a:b,c\n%")
            == "::error title=a%3Ab%2Cc%0A%25::50%25%0A\N{MODIFIER LETTER COLON}:x"
        )

    @given(st.text(), st.text())
    def test_an_annotation_cannot_be_broken_out_of(self, message, title):
        line = annotation("error", message, title=title)
        assert "\n" not in line
        assert "\r" not in line
        properties = line.removeprefix("::error title=").partition("::")[0]
        assert ":" not in properties
        assert "," not in properties


class TestEnvironment:
    def test_outside_github_there_is_the_terminal_alone(self, tmp_path):
        reporter = Reporter.from_environment({"GITHUB_STEP_SUMMARY": str(tmp_path / "s")})
        assert (reporter.summary, reporter.annotate) == (None, False)

    def test_on_github_there_are_summary_and_annotations(self, tmp_path):
        path = tmp_path / "s"
        reporter = Reporter.from_environment({"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(path)})
        assert (reporter.summary, reporter.annotate) == (path, True)
        assert Reporter.from_environment({"GITHUB_ACTIONS": "true"}).summary is None

    def test_paragraphs_are_wrapped_where_the_variable_columns_says_so_but_never_on_github(self, monkeypatch, capsys):
        monkeypatch.setenv("COLUMNS", "20")
        Reporter.from_environment({"COLUMNS": "20"}).say("  a sentence of some length")
        assert capsys.readouterr().out == "  a sentence of some\n  length\n"
        Reporter.from_environment({"COLUMNS": "20", "GITHUB_ACTIONS": "true"}).say("a sentence of some length")
        assert capsys.readouterr().out == "a sentence of some length\n"

    def test_tables_are_wide_off_a_terminal(self, monkeypatch):
        monkeypatch.delenv("COLUMNS", raising=False)
        assert terminal().width == 140
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setenv("COLUMNS", "66")
        assert terminal().width == 66


class TestVerdict:
    @pytest.mark.parametrize(("deployable", "word"), [(True, "Yes"), (False, "No"), (None, "Unknown")])
    def test_the_answer_is_printed_with_its_reasons(self, reader, deployable, word):
        reader.reporter.verdict(verdict(deployable))
        assert reader.lines == [f"May version 1f3a of web be deployed to production? {word}", "  because"]

    def test_rows_are_a_table(self, reader):
        unattested = row(None, verification_url="https://broker/result")
        rows = (row(True), row(False), row(None, verification_url=None), row(False, ignored=True), unattested)
        reader.reporter.verdict(verdict(False, *rows))
        shown = "\n".join(reader.lines)
        for text in ("✓ passed", "✗ failed", "? no result", "✗ failed (ignored)", "—", "? not attested"):
            assert text in shown

    def test_on_github_a_no_is_annotated_and_summarised(self, github):
        github.reporter.verdict(verdict(False, row(False), reasons=("first", "second")))
        assert github.lines[-1] == (
            "::error title=May version 1f3a of web be deployed to production? No::first%0Asecond"
        )
        assert github.reporter.summary.read_text() == (
            "### May version 1f3a of web be deployed to production? No\n\n"
            "- first\n- second\n\n"
            "| Consumer | Version | Provider | Version | Result |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| web | 1 | api | 9 | ✗ failed |\n\n"
        )

    def test_a_cause_has_the_same_text_in_the_terminal_the_annotation_and_the_summary(self, github):
        cause = Cause(kind=CauseClass.FAILED, text="It *fails*.", command="fix `it`", evidence={"build": ["b", "c"]})
        github.reporter.verdict(verdict(False, causes=[cause]))
        shown = "\n".join(github.lines)
        assert "\n\nverification-failed\n  It *fails*.\n    build: b\n    build: c\n  → fix `it`\n" in shown
        assert github.lines[-1].endswith("::because%0AIt *fails*. Next: fix `it`")
        assert github.reporter.summary.read_text().endswith(
            "- because\n- **verification\\-failed** It \\*fails\\*\\.\n  - build\\: b\n  - build\\: c\n"
            "  - Next: `` fix `it` ``\n\n"
        )

    def test_many_causes_are_abridged(self, github):
        causes = [Cause(kind=CauseClass.FAILED, text=f"Cause {each}.", command="fix") for each in range(23)]
        github.reporter.verdict(verdict(False, causes=causes))
        assert "… and 3 more causes, which `contracts why` lists." in "\n".join(github.lines)
        for text in (github.lines[-1], github.reporter.summary.read_text().replace("\\", "")):
            assert ("Cause 19." in text, "Cause 20." in text, "3 more causes" in text) == (True, False, True)

    def test_on_github_a_yes_is_summarised_and_not_annotated(self, github):
        github.reporter.verdict(verdict(True))
        assert not any(line.startswith("::") for line in github.lines)
        assert github.reporter.summary.read_text() == (
            "### May version 1f3a of web be deployed to production? Yes\n\n- because\n\n"
        )

    def test_an_answer_without_a_reason_is_annotated_with_itself(self, github):
        github.reporter.verdict(verdict(None, reasons=()))
        assert github.lines[-1].endswith("::May version 1f3a of web be deployed to production? Unknown")

    def test_a_summary_is_appended_and_abridged(self, github):
        github.reporter.summary.write_text("before\n")
        github.reporter.verdict(verdict(True, *[row(True)] * 203))
        text = github.reporter.summary.read_text()
        assert text.startswith("before\n### May version")
        assert text.count("✓ passed") == 200
        assert text.endswith("… and 3 more rows.\n\n")


class TestVerification:
    def test_a_passed_verification_is_one_line(self, reader):
        reader.reporter.verification(report(interaction(states=("s",)), interaction(), published=True))
        assert reader.lines[-1] == ("Verification of api passed: 2 of 2 interactions as agreed; results are published")

    def test_nothing_to_verify(self, reader):
        reader.reporter.verification(report(notes=("no consumers yet",)))
        assert reader.lines == ["Verification of api: nothing to verify yet", "  no consumers yet"]

    def test_failed_with_reasons(self, github):
        failed = interaction(success=False, problems=("expected 201 but was 200",))
        github.reporter.verification(report(failed), reasons=("web: one: expected 201 but was 200",))
        assert "Verification of api failed: 0 of 1 interactions as agreed" in github.lines
        assert "  ✗ web: one: expected 201 but was 200" in github.lines
        assert github.lines[-1].startswith("::error title=Verification of api failed%3A 0 of 1")
        assert "web\\: one\\: expected 201 but was 200" in github.reporter.summary.read_text()

    def test_pending_failures_are_shown_as_such(self, github):
        github.reporter.verification(report(interaction(), interaction("two", success=False, pending=True)))
        assert "  pending: web: two: failed" in github.lines
        assert any("✗ failed (pending)" in line for line in github.lines)
        assert github.lines[-1] == "::warning title=Pending pacts fail::web: two: failed"

    def test_a_run_with_only_pending_failures_is_not_a_pass(self, reader):
        reader.reporter.verification(report(interaction(success=False, pending=True)))
        assert (
            "Verification of api: nothing that counts was verified: 1 interaction of pending pacts failed, and pending "
            "pacts do not fail the build" in reader.lines
        )
        assert not any("passed: 0" in line for line in reader.lines)

    def test_nothing_verified_is_shown_as_failed(self, reader):
        reader.reporter.verification(report(), reasons=("No interaction was verified.",))
        assert reader.lines[0] == "Verification of api failed: nothing was verified"


class TestPublishing:
    def test_published_pacts_are_printed_with_the_broker_s_notices(self, github):
        published = PublishedPacts(
            version="1",
            branch="main",
            contracts=(Contract(consumer="web", provider="api", content=b""),),
            notices=(Notice(type="success", text="well done"), Notice(type="debug", text="details")),
            pact_urls=(),
        )
        github.reporter.published(published)
        assert github.lines == ["Published version 1 on branch main: web → api", "  well done"]
        assert "| web | api |" in github.reporter.summary.read_text()

    def test_without_a_branch_none_is_named(self, reader):
        reader.reporter.published(PublishedPacts(version="1", branch=None, contracts=(), notices=(), pact_urls=()))
        assert reader.lines == ["Published version 1: "]

    def test_a_hostile_notice_does_not_become_a_command(self, github):
        github.reporter.notices([Notice(type="error", text="::error::x\n::set-env name=A::b " + "y" * 300)])
        assert not any(line.lstrip().startswith("::") for line in github.lines)


class TestWaiting:
    def waiting(self, waited):
        return Waiting(waited_seconds=waited, remaining_seconds=60 - waited, missing=(row(None), row(None)))

    def test_waiting_is_reported_with_names_and_seconds(self, reader):
        reader.reporter.waiting(self.waiting(20))
        assert reader.lines == ["Waiting for results (web → api): 20 of 60 s."]

    def test_without_rows_the_provider_is_unknown(self, reader):
        reader.reporter.waiting(Waiting(waited_seconds=0, remaining_seconds=1, missing=()))
        assert "(unknown)" in reader.lines[0]

    def test_progress_is_reported_every_few_seconds(self, reader):
        progress = WaitReport(reporter=reader.reporter)
        for waited in range(0, 30, 2):
            progress(self.waiting(waited))
        assert [re.search(r"(\d+) of \d+ s", line)[1] for line in reader.lines] == ["0", "10", "20"]


def test_colours_are_left_out():
    """Colours of a terminal are removed, and so is any other escape sequence."""
    assert plain("\x1b[31mred\x1b[0m \x1b[1;38:5:9mbold\x1b[m") == "red bold"
    assert plain("\x1b[2J") == "\N{REPLACEMENT CHARACTER}[2J"


def test_the_result_of_a_step_is_its_output(tmp_path):
    """On GitHub, later steps and fake-ci read the result of a step."""
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_OUTPUT": str(tmp_path / "output")}
    Reporter.from_environment(environ).verdict(verdict(True))
    Reporter.from_environment({"GITHUB_OUTPUT": str(tmp_path / "not")}).verdict(verdict(True))

    assert (tmp_path / "output").read_text() == "result=yes: web 1f3a can go to production\n"
    assert not (tmp_path / "not").exists()


UUID = "1e2feb89-414c-443c-9027-c4d1c386bbc4"
ENVIRONMENT = {"Name": "production", "Display name": "The production site", "Production": "yes", "UUID": UUID}


@pytest.mark.parametrize(("width", "has_frame"), [(80, True), (75, False), (60, None)])
def test_a_table_never_breaks_a_word(width, has_frame):
    """Its frame goes first, then each row becomes a paragraph."""
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    Reporter(console=console).table(list(ENVIRONMENT), [list(ENVIRONMENT.values())])
    text = console.file.getvalue()
    assert UUID in text
    assert all(len(line) <= width for line in text.splitlines())
    assert ("│" in text) is bool(has_frame)
    assert ("Display name: The production site\n" in text) is (has_frame is None)


@settings(max_examples=25)
@example([["", "00000000\u2ff0\n0", "0" * 23]], 44)
@given(st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), max_size=4), st.integers(20, 120))
def test_every_word_of_a_table_is_shown(rows, width):
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False, emoji=False)
    Reporter(console=console).table(["a", "b b", "c"], rows)
    shown = set(re.sub("[│┃]", " ", console.file.getvalue()).split())
    words = {word for row in rows for cell in row for word in re.sub("[│┃]", " ", plain(cell)).split()}
    assert words <= shown
