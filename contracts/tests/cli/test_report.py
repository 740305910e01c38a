"""`contracts report`."""

from __future__ import annotations


def test_it_writes_the_page_and_adds_to_the_summary(contracts, tmp_path):
    file, summary = tmp_path / "contracts.html", tmp_path / "summary.md"
    summary.write_text("before\n")
    done = contracts("report", "--file", str(file), "--summary", str(summary))
    assert file.read_text().startswith("<!doctype html>")
    assert summary.read_text().startswith("before\n## Contracts: ")
    assert f"Wrote {file}." in done.output


def test_without_a_file_it_prints_the_summary(contracts):
    assert "## Contracts: " in contracts("report").output


def test_a_file_that_cannot_be_written_is_wrong_usage(contracts, tmp_path):
    done = contracts("report", "--file", str(tmp_path / "missing" / "contracts.html"), status=2)
    assert "cannot be written: No such file or directory. Name a file in a folder that exists." in done.output
