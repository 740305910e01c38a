"""The metadata segment of a pact's URL."""

from __future__ import annotations

import base64

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.model.metadata import Metadata, SelectorMetadata, decode, encode


TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)  # no name holds a null character
IDS = st.none() | st.integers(min_value=0, max_value=10**18 - 1)
SELECTORS = st.builds(
    SelectorMetadata,
    branch=st.none() | TEXTS,
    tag=st.none() | TEXTS,
    latest=st.booleans(),
    environment=st.none() | TEXTS,
    consumer_version_id=st.integers(min_value=1, max_value=10**18 - 1),
)
METADATA = st.builds(
    Metadata,
    selectors=st.lists(SELECTORS, max_size=4).map(tuple),
    pending=st.none() | st.booleans(),
    wip=st.booleans(),
    consumer_version_number=st.none() | TEXTS,
    consumer_version_id=IDS,
    consumer_version_tags=st.lists(TEXTS, max_size=3).map(tuple),
    provider_version_id=IDS,
)


@given(METADATA)
def test_metadata_survives_encoding_and_decoding(metadata):
    assert decode(encode(metadata)) == metadata


@given(METADATA)
def test_the_segment_needs_no_escaping(metadata):
    assert set(encode(metadata)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text())
@example("é")
@example("a")
def test_any_segment_can_be_read(segment):
    assert isinstance(decode(segment), Metadata)


@given(st.binary())
def test_any_decoded_bytes_can_be_read(content):
    assert isinstance(decode(base64.urlsafe_b64encode(content).decode()), Metadata)


def test_it_is_written_as_the_reference_broker_writes_it():
    assert encode(Metadata(wip=True)) == "dz10cnVl"
    assert encode(Metadata(consumer_version_number="2")) == "Y3ZuPTI"
    query = "s%5B%5D%5Bl%5D=true&s%5B%5D%5Bcv%5D=9&p=true"
    selected = Metadata(selectors=(SelectorMetadata(latest=True, consumer_version_id=9),), pending=True)
    assert encode(selected) == base64.urlsafe_b64encode(query.encode()).decode().rstrip("=")


def test_padding_is_accepted():
    assert decode("Y3ZuPTI=") == Metadata(consumer_version_number="2")


def test_a_selector_begins_after_the_consumer_version_of_the_one_before():
    query = "s[][b]=main&s[][cv]=9&s[][t]=prod&s[][cv]=10"
    selectors = decode(base64.urlsafe_b64encode(query.encode()).decode()).selectors
    assert selectors == (
        SelectorMetadata(branch="main", consumer_version_id=9),
        SelectorMetadata(tag="prod", consumer_version_id=10),
    )


def test_a_selector_begins_where_a_key_repeats():
    query = "s[][b]=main&s[][b]=feat"
    selectors = decode(base64.urlsafe_b64encode(query.encode()).decode()).selectors
    assert selectors == (SelectorMetadata(branch="main"), SelectorMetadata(branch="feat"))


def test_an_id_that_is_not_a_number_or_too_large_is_none():
    for id_ in ("x", "-1", "9" * 19, "²"):
        query = f"cv={id_}"
        assert decode(base64.urlsafe_b64encode(query.encode()).decode()).consumer_version_id is None


def test_a_part_with_a_null_character_is_ignored():
    segment = base64.urlsafe_b64encode(b"cvn=1%00&w=true").decode()
    assert decode(segment) == Metadata(wip=True)


def test_the_ids_of_all_consumer_versions_are_listed():
    selectors = (SelectorMetadata(consumer_version_id=1), SelectorMetadata(consumer_version_id=2), SelectorMetadata())
    assert Metadata(selectors=selectors, consumer_version_id=3).consumer_version_ids == {1, 2, 3}
    assert Metadata().consumer_version_ids == frozenset()
