"""What `contracts doctor` examines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts.ci.projects import Declaration, Project


_SKIPPED = {"node_modules", "__pycache__", "dist", "build"}
_LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The folder, its environment variables, and the project that it declares, if any."""

    directory: Path
    environ: Mapping[str, str]
    project: Project | None = None

    @property
    def applications(self) -> tuple[Declaration, ...]:
        """The declared applications."""
        return self.project.applications if self.project else ()

    @property
    def providers(self) -> tuple[Declaration, ...]:
        """The declared providers."""
        return self.project.providers if self.project else ()

    @property
    def on_github(self) -> bool:
        """Whether the repository's pipelines are those of GitHub."""
        return (self.directory / ".github").is_dir()


def mentions(folder: Path, text: str) -> bool:
    """Whether a source file in *folder* contains *text*; pact files, which are JSON, do not count."""
    return any(text in content for content in _sources(folder))


def _sources(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part in _SKIPPED for part in path.relative_to(folder).parts)
        if hidden or path.suffix == ".json" or not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
            continue
        try:
            yield path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
