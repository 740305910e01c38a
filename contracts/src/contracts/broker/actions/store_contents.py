"""Store the contents of contracts: each content of a pair once, under an identity that tells it from the others.

A merged contract has the identity of the contract that was merged into it, as in the reference broker. If another
content has that identity, the identity of the whole text tells them apart. A content that is stored under a former
identity stays that content, with its results.

Source: Pact Broker protocol, content identity and merging.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contracts.broker.runtime import Runtime
from contracts.broker.store import pacts, publications
from contracts.broker.store.database import Connection
from contracts.model import contents, merging
from contracts.model.pacts import Content, ContentKey, StoredContent
from contracts.model.publications import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentStore:
    """The contents of a consumer's contracts."""

    runtime: Runtime
    connection: Connection
    consumer_id: int

    @property
    def strict(self) -> bool:
        """Whether the whole text counts for the identity, not only what affects verification results."""
        return not self.runtime.settings.base_equality_only_on_content_that_affects_verification_results

    def identity(self, contract: Contract) -> tuple[str, frozenset[str]]:
        """The identity of the content of *contract*, and its former ones."""
        if self.strict:
            return contents.text_sha(contract.text), frozenset()
        return contents.sha(contract.document), contents.former_shas(contract.document)

    def merged(self, content: Content, pact_version_id: int) -> Content:
        """*content*, merged into a stored one."""
        text = contents.stored(merging.merge(pacts.content(self.connection, pact_version_id), content.text))
        document = json.loads(text)
        merged = replace(content, text=text, size=contents.counts(document))
        if self.strict:
            return replace(merged, sha=contents.text_sha(text))
        if content.sha == contents.sha_of_stored(document):
            return merged
        # only the size tells a merged content from its part, see `_is_stored`
        same_size = merged.size == content.size
        return replace(merged, sha=contents.text_sha(text)) if same_size else replace(merged, sha_of_part=True)

    def ensure(self, new_contents: Sequence[Content]) -> dict[int, tuple[int, str]]:
        """Store those of *new_contents* that are not stored yet; return the id and identity of each, by provider id."""
        keys = [each.key for each in new_contents] + [key for each in new_contents for key in each.former_keys]
        stored = publications.stored(self.connection, self.consumer_id, keys)
        identified = [self._identified(each, stored) for each in new_contents]
        if renamed := [each.key for each in identified if each not in new_contents and each.key not in stored]:
            stored |= publications.stored(self.connection, self.consumer_id, renamed)
        missing = [replace(each, text=contents.stored(each.text)) for each in identified if each.key not in stored]
        if missing:
            stored |= publications.store(self.connection, self.consumer_id, missing, self.runtime.now())
        return {each.provider_id: (stored[each.key].id, each.sha) for each in identified}

    def _identified(self, content: Content, stored: Mapping[ContentKey, StoredContent]) -> Content:
        """*content* with the identity under which it is, or will be, stored."""
        if content.key in stored:
            same = self._is_stored(content, stored[content.key])
            return content if same else replace(content, sha=contents.text_sha(content.text))
        former = (key for key in content.former_keys if key in stored and stored[key].size == content.size)
        return next((replace(content, sha=sha) for _, sha in former), content)

    def _is_stored(self, content: Content, stored: StoredContent) -> bool:
        """Whether the content that is *stored* with the same identity equals *content*.

        Contents of the same size are equal, because a merged content has the identity of its part only if it is larger.
        For two merged contents, only the texts can show it.
        """
        if stored.size != content.size:
            return False
        return not content.sha_of_part or pacts.content(self.connection, stored.id) == content.text
