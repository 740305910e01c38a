"""The matching rules and generators of one side of an exchange, as people read them.

Source: Pact specification, versions 2 to 4: `matchingRules` with paths such as `$.body.id` (2), or by part of the
exchange (3 and 4); `generators`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contracts.model import rule_texts
from contracts.model.marked_lines import Path, path_of
from contracts.model.rule_texts import Matcher


_ANY = "*"
_DEEPEST = 20  # rules within rules
_PARTS = {"headers": "header", "metaData": "metadata"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule for the values at *path*; `*` stands for any step. *matchers* are JSON objects, combined by *word*."""

    path: Path
    matchers: tuple[Matcher, ...]
    word: str = "and"

    @property
    def cascades(self) -> bool:
        """Whether the rule also holds for the values below its path: only the rule that compares types does."""
        return all(rule_texts.name(each) == "type" for each in self.matchers)


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
            texts.append(rule_texts.sentence(rule.matchers, rule.word, example, exact=exact))
        texts += [text for place, text in self.generators.get(part, ()) if _matches(place, path)]
        return "; ".join(filter(None, texts))

    def note_of_values(self, part: str, name: str, values: Sequence[str]) -> str:
        """Return what the *values* of a header or a query parameter may be; a rule is for all of them or for one."""
        notes = [self.note(part, (name,), "".join(values[:1]))]
        notes += [self.note(part, (name, index), value) for index, value in enumerate(values)]
        return "; ".join(filter(None, dict.fromkeys(notes)))

    def listed(self, part: str) -> Iterator[str]:
        """Iterate over the rules and generators below the root of a *part*, for contents without lines of their own."""
        for rule in self.rules.get(part, ()):
            text = rule_texts.sentence(rule.matchers, rule.word, rule_texts.UNKNOWN, exact=True)
            if rule.path and text:
                yield f"{_written(rule.path)}: {text}"
        for path, text in self.generators.get(part, ()):
            if path:
                yield f"{_written(path)}: {text}"

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
    generators: dict[str, list[tuple[Path, str]]] = {}
    for part, rule in _read_rules(_object(side.get("matchingRules"))):
        for each in _with_inner(rule):
            rules.setdefault(part, []).append(each)
            generators.setdefault(part, []).extend(_generators_within(each))
    for part, entries in _object(side.get("generators")).items():
        for path, generator in _placed(part, entries, "type"):
            generators.setdefault(_PARTS.get(part, part), []).append((path, rule_texts.generated(generator)))
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
            yield from ((_PARTS.get(key, key), each) for each in _of_part(key, value))


def _of_part(part: str, entries: object) -> Iterator[Rule]:
    for path, entry in _placed(part, entries, "matchers"):
        listed = entry.get("matchers")
        matchers = tuple(each for each in listed if isinstance(each, dict)) if isinstance(listed, list) else ()
        word = "or" if str(entry.get("combine", "")).upper() == "OR" else "and"
        if matchers:
            yield Rule(path=path, matchers=matchers, word=word)


def _with_inner(rule: Rule, depth: int = 0) -> Iterator[Rule]:
    """Iterate over *rule* and the rules in it: of `eachValue` for the values, of variants for elements."""
    yield rule
    if depth == _DEEPEST:
        return
    for matcher in rule.matchers:
        if rule_texts.name(matcher) == "eachValue" and (matchers := rule_texts.inner(matcher)):
            yield from _with_inner(Rule(path=(*rule.path, _ANY), matchers=matchers), depth + 1)
        for start, variant in _variants(rule.path, matcher):
            for each in _of_part("body", variant.get("rules")):
                yield from _with_inner(replace(each, path=(*start, *each.path)), depth + 1)


def _generators_within(rule: Rule) -> Iterator[tuple[Path, str]]:
    """Iterate over the generators of the variants of *rule*."""
    for matcher in rule.matchers:
        for start, variant in _variants(rule.path, matcher):
            for path, generator in _placed("body", variant.get("generators"), "type"):
                yield (*start, *path), rule_texts.generated(generator)


def _variants(path: Path, matcher: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Iterate over the variants of `arrayContains`, each with the path of its element in the example."""
    variants = matcher.get("variants")
    for number, each in enumerate(variants if isinstance(variants, list) else ()):
        if isinstance(each, dict):
            index = each.get("index")
            yield (*path, index if isinstance(index, int) else number), each


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


def _written(path: Path) -> str:
    """Return *path* for people: `items[0].id`, `items[*].id`; a name with other characters is as it is."""
    steps = (f"[{each}]" if isinstance(each, int) or each == _ANY else f".{each}" for each in path)
    return "".join(steps).removeprefix(".")


def _matches(pattern: Path, path: Path) -> bool:
    return len(pattern) == len(path) and all(
        expected == _ANY or str(expected) == str(step) for expected, step in zip(pattern, path, strict=True)
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
