"""Any path, query, headers and body, to any route: an answer, or a refusal with a reason that changes nothing."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

import invalid_values
from asgi import RawRequest
from examples import examples
from fuzzing import Fuzzed
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.broker import urls


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")
TYPES = (
    *("*/*", "application/hal+json", "application/json", "application/problem+json, application/hal+json", "text/html"),
    *("text/plain", "text/csv", "image/svg+xml", "application/merge-patch+json", "application/json;charset=utf-16"),
    *("application/vnd.pactbrokerextended.v1+json", "", ";", "a/b;q=x", "*/*;q=1e999", "application/*;q=nan", "\xff"),
)
HOSTS = ("example.org", "a, b", "", "http://[", "\xff", "javascript:alert(1)//")
NAMES = ("q", "page", "size", "tag", "latest", "version[]", "q[]", "q[][a]", "a[b][c]", "[]", "]", "a" + "[b]" * 30)

headers = st.fixed_dictionaries(
    {},
    optional={
        b"accept": st.sampled_from(TYPES),
        b"content-type": st.sampled_from(TYPES),
        b"x-forwarded-host": st.sampled_from(HOSTS),
        b"x-forwarded-proto": st.sampled_from(("https", *HOSTS)),
        b"authorization": st.sampled_from(("Basic", "Basic =", "Basic /w==", "Bearer x")),
    },
).map(lambda drawn: tuple((name, value.encode("latin-1")) for name, value in drawn.items()))


# in a query, what there is: a filter that lets something through reaches further than one that does not
USUAL_QUERIES = (
    b"true",
    b"false",
    b"1",
    b"Web%20shop%2F1",
    b"Stock%2B",
    b"1.0%2Ba",
    b"prod",
    b"feat%2Fx",
    b"production",
    b"cvpv",
)


def path_of(fuzzed: Fuzzed, template: str, hostile_parts: dict[str, bytes]) -> bytes:
    """*template*, filled with what the estate has, but for its *hostile_parts*."""
    path, names = template.encode(), fuzzed.settled.names(template)
    for name in urls.parameters(template):
        part = hostile_parts.get(name, urls.encode(names[name]).encode())
        path = path.replace(b"{" + name.encode() + b"}", part)
    return path


@st.composite
def with_one_wrong_part(draw: st.DrawFn, fuzzed: Fuzzed) -> RawRequest:
    """A request without a body that would succeed, but for one segment of its path, or one parameter of its query."""
    operation = draw(st.sampled_from([each for each in fuzzed.operations if each.query or "{" in each.path]))
    segments, parameters = urls.parameters(operation.path), tuple(each.name for each in operation.query)
    wrong, part = draw(st.sampled_from(segments + parameters)), draw(invalid_values.segments)
    return RawRequest(
        method=operation.methods[0],
        path=path_of(fuzzed, operation.path, {wrong: part} if wrong in segments else {}),
        query=b"" if wrong in segments else wrong.encode() + b"=" + part,
    )


@st.composite
def of_any_kind(draw: st.DrawFn, fuzzed: Fuzzed) -> RawRequest:
    """A request of which nothing needs to be right."""
    operation = draw(st.sampled_from(fuzzed.operations))
    parts = draw(
        st.dictionaries(st.sampled_from(urls.parameters(operation.path) or ("none",)), invalid_values.segments)
    )
    path = path_of(fuzzed, operation.path, parts)
    names = st.sampled_from((*(each.name for each in operation.query), *NAMES)).map(str.encode)
    pairs = st.builds(
        lambda name, value: name + b"=" + value, names, invalid_values.segments | st.sampled_from(USUAL_QUERIES)
    )
    return RawRequest(
        method=draw(st.sampled_from(operation.methods) | st.sampled_from(METHODS)),
        path=draw(st.just(path) | invalid_values.segments.map(lambda segment: path + b"/" + segment)),
        query=draw(st.lists(pairs, max_size=4).map(b"&".join) | st.binary(max_size=20).map(_visible)),
        headers=draw(headers),
        content=draw(st.just(b"") | invalid_values.bodies),
    )


@st.composite
def of_a_browser(draw: st.DrawFn, fuzzed: Fuzzed) -> RawRequest:
    """A request for a page, with one part that is wrong: of the path, or of what some page reads in its query."""
    template = draw(st.sampled_from(fuzzed.pages))
    segments = urls.parameters(template)
    parameters = ("q", "page", "context", "rows", "consumer", "consumer_name", "provider", "provider_name")
    wrong, part = draw(st.sampled_from((*segments, *parameters))), draw(invalid_values.segments)
    return RawRequest(
        method="GET",
        path=path_of(fuzzed, template, {wrong: part}),
        query=b"" if wrong in segments else wrong.encode() + b"=" + part,
        headers=((b"accept", b"text/html"),),
    )


def _visible(text: bytes) -> bytes:
    """What a server hands on: it refuses a request line with a blank or a control character in it by itself."""
    return quote_from_bytes(text, safe="[]&=%;+?#").encode()


@settings(max_examples=examples(600), deadline=None)
@given(st.data())
def test_an_address_with_one_wrong_part_never_fails_the_broker(fuzzed, data):
    fuzzed.ask(data.draw(with_one_wrong_part(fuzzed)))


@settings(max_examples=examples(400), deadline=None)
@given(st.data())
def test_no_request_fails_the_broker(fuzzed, data):
    fuzzed.ask(data.draw(of_any_kind(fuzzed)))


@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_page_exists_or_is_not_found(fuzzed, data):
    assert fuzzed.ask(data.draw(of_a_browser(fuzzed))).status in {
        200,
        303,
        400,
        404,
        406,
        422,
    }  # 406: only text/html is accepted
