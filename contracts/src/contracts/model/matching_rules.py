"""The matching rules and generators of one side of an exchange, as people read them.

Source: Pact specification, versions 2 to 4: `matchingRules` with paths such as `$.body.id` (2), or by part of the
exchange (3 and 4); `generators`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.model.marked_lines import Path, path_of


_ANY = "*"
_PARTS = {"headers": "header", "metaData": "metadata"}
_PLAIN = {
    "integer": "any integer",
    "decimal": "any decimal number",
    "real": "any decimal number",
    "number": "any number",
    "boolean": "true or false",
    "null": "null",
    "equality": "exactly this value",
    "notEmpty": "any value that is not empty",
    "semver": "any semantic version",
    "arrayContains": "a list with these elements among others, in any order",
    "values": "any keys, each value like this one",
}
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "any text"),
    (int, "any number"),
    (float, "any number"),
    (dict, "an object with these fields"),
    (type(None), "null"),
)
_MOMENTS = {"date": "a date", "time": "a time", "timestamp": "a date and time", "datetime": "a date and time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule for the values at *path*; `*` stands for any step. *matchers* are JSON objects, combined by *word*."""

    path: Path
    matchers: tuple[Mapping[str, Any], ...]
    word: str = "and"

    @property
    def cascades(self) -> bool:
        """Whether the rule also holds for the values below its path: only the rule that compares types does."""
        return all(_name(each) == "type" for each in self.matchers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules and generators of one side, by part: `body`, `header`, `query`, `path`, `status`, `metadata`."""

    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    generators: Mapping[str, tuple[tuple[Path, str], ...]] = field(default_factory=dict)

    def note(self, part: str, path: Path, example: Any) -> str:
        """Return what the value at *path* of a *part* may be; empty if it must equal the *example*."""
        texts = []
        if (rule := self._best(part, path)) is not None:
            exact = len(rule.path) == len(path)
            texts.append(_sentence(rule, example, exact=exact))
        texts += [text for place, text in self.generators.get(part, ()) if _matches(place, path)]
        return "; ".join(filter(None, texts))

    def _best(self, part: str, path: Path) -> Rule | None:
        """Return the rule for *path*: the longest, and of these the one with the fewest `*`."""
        candidates = [
            each
            for each in self.rules.get(part, ())
            if _matches(each.path, path[: len(each.path)]) and (len(each.path) == len(path) or each.cascades)
        ]
        return max(candidates, key=lambda each: (len(each.path), -each.path.count(_ANY)), default=None)


def of(side: Mapping[str, Any]) -> Rules:
    """Return the rules and generators of a request, a response or a message.

    >>> rules = of({"matchingRules": {"body": {"$.id": {"matchers": [{"match": "integer"}]}}}})
    >>> rules.note("body", ("id",), 10)
    'any integer'
    >>> rules.note("body", ("name",), "Teapot")
    ''
    >>> of({"matchingRules": {"$.body.tags": {"min": 1, "match": "type"}}}).note("body", ("tags",), ["new"])
    'at least 1 element, each like the first'
    """
    rules: dict[str, list[Rule]] = {}
    for part, rule in _read_rules(_object(side.get("matchingRules"))):
        rules.setdefault(part, []).append(rule)
    generators: dict[str, list[tuple[Path, str]]] = {}
    for part, entries in _object(side.get("generators")).items():
        for path, generator in _placed(part, entries, "type"):
            generators.setdefault(_PARTS.get(part, part), []).append((path, _generated(generator)))
    return Rules(
        rules={part: tuple(each) for part, each in rules.items()},
        generators={part: tuple(each) for part, each in generators.items()},
    )


def _read_rules(document: Mapping[str, Any]) -> Iterator[tuple[str, Rule]]:
    for key, value in document.items():
        if key.startswith("$"):
            path = path_of(key.replace("[*]", ".*"))
            if path and isinstance(value, dict):
                part = str(path[0])
                yield _PARTS.get(part, part), Rule(path=_lower(part, path[1:]), matchers=(value,))
        else:
            for path, entry in _placed(key, value, "matchers"):
                matchers = tuple(each for each in entry.get("matchers") or () if isinstance(each, dict))
                word = "or" if str(entry.get("combine", "")).upper() == "OR" else "and"
                if matchers:
                    yield _PARTS.get(key, key), Rule(path=path, matchers=matchers, word=word)


def _placed(part: str, entries: object, sign: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Iterate over the entries of a part with their paths; an entry with the key *sign* is the part's only one."""
    if not isinstance(entries, dict):
        return
    if sign in entries and not isinstance(entries[sign], dict):
        yield (), entries
        return
    for key, entry in entries.items():
        path = path_of(key.replace("[*]", ".*"))
        if isinstance(entry, dict):
            yield _lower(part, (key,) if path is None else path), entry


def _lower(part: str, path: Path) -> Path:
    """Names of headers are the same in any case."""
    return tuple(each.lower() if isinstance(each, str) else each for each in path) if "header" in part else path


def _matches(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(
        expected == _ANY or str(expected) == str(step) for expected, step in zip(pattern, path, strict=True)
    )


def _name(matcher: Mapping[str, Any]) -> str:
    if "match" in matcher:
        return str(matcher["match"])
    return "regex" if "regex" in matcher else "type"


def _sentence(rule: Rule, example: Any, *, exact: bool) -> str:
    texts = (_matched(each, example, exact=exact) for each in rule.matchers)
    return f" {rule.word} ".join(filter(None, dict.fromkeys(texts)))


def _matched(matcher: Mapping[str, Any], example: Any, *, exact: bool) -> str:
    name = _name(matcher)
    if name == "type":
        return _of_type(matcher if exact else {}, example)
    if name in _MOMENTS:
        return _MOMENTS[name] + _form(matcher.get("format") or matcher.get(name))
    if name in _SENTENCES:
        return _SENTENCES[name](matcher)
    return _PLAIN.get(name, f"matched by the rule {name}")


def _form(form: object) -> str:
    return f" in the form {form}" if form else ""


def _each(what: str, matcher: Mapping[str, Any]) -> str:
    inner = [_matched(each, "", exact=True) for each in matcher.get("rules") or () if isinstance(each, dict)]
    return f"each {what}: {' and '.join(inner) or 'any'}"


def _of_type(matcher: Mapping[str, Any], example: Any) -> str:
    least, most = matcher.get("min"), matcher.get("max")
    if isinstance(example, list):
        if least is None and most is None:
            return "any number of elements, each like the first"
        count = (
            f"{least} to {most}"
            if None not in {least, most}
            else f"at least {least}"
            if most is None
            else f"at most {most}"
        )
        return f"{count} element{'' if count.endswith(' 1') else 's'}, each like the first"
    if isinstance(example, dict):
        return ""  # its fields say the rest
    return next((text for kind, text in _TYPES if isinstance(example, kind)), "any value of this type")


def _status(status: object) -> str:
    if isinstance(status, list):
        return f"one of {', '.join(map(str, status))}"
    words = {"clientError": "any client error", "serverError": "any server error", "nonError": "any status below 400"}
    return words.get(str(status), f"any {status} status")


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "regex": lambda matcher: f"any text that matches {matcher.get('regex', '')}",
    "include": lambda matcher: f"any text that contains {_json(matcher.get('value'))}",
    "contentType": lambda matcher: f"any content of the type {matcher.get('value', '')}",
    "statusCode": lambda matcher: _status(matcher.get("status")),
    "eachKey": lambda matcher: _each("key", matcher),
    "eachValue": lambda matcher: _each("value", matcher),
}
_GENERATED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "RandomInt": lambda each: f"a random integer from {each.get('min', 0)} to {each.get('max', 2147483647)} is used",
    "ProviderState": lambda each: f"{each.get('expression', 'a value')} comes from the provider state",
    "Regex": lambda each: f"a random text that matches {each.get('regex', '')} is used",
    "Date": lambda each: f"the current date{_form(each.get('format'))} is used",
    "Time": lambda each: f"the current time{_form(each.get('format'))} is used",
    "DateTime": lambda each: f"the current date and time{_form(each.get('format'))} is used",
    "MockServerURL": lambda _: "the URL of the server under test is used",
    "Uuid": lambda _: "a random UUID is used",
}


def _generated(generator: Mapping[str, Any]) -> str:
    kind = str(generator.get("type"))
    if kind in _GENERATED:
        return _GENERATED[kind](generator)
    return f"a random value ({kind}) is used" if kind.startswith("Random") else f"generated by {kind}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
