"""The templates, filled in. They use `<< value >>` and `<% statement %>`, because CI files use braces themselves."""

from __future__ import annotations

import json
from importlib import resources

import yaml
from jinja2 import Environment, FunctionLoader, StrictUndefined


def render(template: str, **values: object) -> str:
    """Fill in the file *template* of `templates/`; an unknown name is an error."""
    environment = Environment(  # noqa: S701 - source files, not HTML
        loader=FunctionLoader(_source),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["yaml"] = scalar
    environment.filters["upload"] = _for_upload
    return environment.get_template(template).render(values, sh=_jenkins_step)


def scalar(text: str) -> str:
    """Write *text* as a YAML scalar: as it is if YAML reads it back, quoted otherwise.

    >>> print(scalar("pytest tests"), scalar("echo a: b"))
    pytest tests "echo a: b"
    """
    try:
        plain = yaml.safe_load(f"- {text}") == [text]
    except yaml.YAMLError:
        plain = False
    return text if plain else json.dumps(text, ensure_ascii=False)


def _source(name: str) -> str:
    return resources.files("contracts.scaffold").joinpath("templates", name).read_text(encoding="utf-8")


def _for_upload(text: str) -> str:
    """Keep Buildkite from replacing variables in *text* when it uploads a pipeline."""
    return text.replace("$", "$$")


def _jenkins_step(command: str) -> str:
    quoted = command.replace("\\", "\\\\").replace("'", "\\'")
    return f"sh '{quoted}'"
