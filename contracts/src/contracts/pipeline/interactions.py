"""What the verifier did with each interaction, and what that means for the run.

The verifier reports interactions in the order in which it runs them, one pact after the other, and calls provider
states in the same order. That is how a state's failure finds the interaction that it belongs to, and how the
interactions of several pacts of one consumer are told apart; nothing else in the verifier's answer does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contracts.pipeline.sources import Expected
    from contracts.pipeline.states import Call

_STATE_FAILED = "state change handlers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One verified interaction; *problems* say, in sentences, why it failed."""

    consumer: str
    description: str
    states: tuple[str, ...]
    success: bool
    pending: bool
    problems: tuple[str, ...]

    @property
    def failure(self) -> str:
        """Whose it is, what was asked, and what went wrong."""
        return f"{self.consumer}: {self.description}: {'; '.join(self.problems) or 'failed'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One pact that was to be verified, with its interactions; None for one that was not verified as a whole."""

    expected: Expected
    interactions: tuple[Interaction, ...] | None

    @property
    def passed(self) -> bool:
        """Whether all of it was verified, and is kept."""
        return self.interactions is not None and all(each.success for each in self.interactions)


def read(outcome: dict[str, Any], calls: Iterable[Call]) -> tuple[tuple[Interaction, ...], tuple[str, ...]]:
    """The interactions of the verifier's answer in order, and what went wrong in calls that belong to none of them.

    *calls* are all that the verifier made for provider states, in order.
    """
    left = deque(calls)
    found: list[Interaction] = []
    for each in outcome["interactionResults"]:
        names = tuple(each["providerStates"])
        said = _made_for(names or ("",), left)
        found.append(
            Interaction(
                consumer=each["consumer"],
                description=each["description"],
                states=names,
                success=each["result"] == "OK" and not said,
                pending=each["pending"],
                problems=_problems(each.get("mismatch") or {}, said),
            )
        )
    return tuple(found), tuple(problem for call in left for problem in call.problems)


def _made_for(states: tuple[str, ...], calls: deque[Call]) -> list[str]:
    """Takes the calls for an interaction with these *states* off *calls*; what went wrong in them."""
    problems: list[str] = []
    for action in ("setup", "teardown"):
        for state in states:
            if calls and (calls[0].action, calls[0].state) == (action, state):
                problems += calls.popleft().problems
    return problems


def _problems(mismatch: dict[str, Any], of_states: Sequence[str] = ()) -> tuple[str, ...]:
    """What the verifier says; of a failed state what its handler said, which it does not pass on."""
    said = [each["mismatch"] for each in mismatch.get("mismatches", ())]
    message = mismatch.get("message")
    if message and not (of_states and _STATE_FAILED in message):
        said.append(message)
    return (*said, *of_states)


def failures(outcome: dict[str, Any], interactions: Iterable[Interaction], strayed: Iterable[str]) -> list[str]:
    """Why the run fails: what is not kept of pacts that count, and what the verifier could not even begin.

    *strayed* is what went wrong in calls for states that belong to no interaction.
    """
    failed = [each for each in interactions if not each.success and not each.pending]
    reasons = [each.failure for each in failed]
    reasons += [
        f"{each['interaction']}: {'; '.join(_problems(each['mismatch'])) or 'no reason given'}"
        for each in outcome["errors"]
        if not any(_names(each["interaction"], interaction) for interaction in failed)
    ]
    reasons += strayed
    if not outcome["result"] and not reasons:
        reasons.append("The verifier failed without a reason; see its output above.")
    return reasons


def _names(error: str, interaction: Interaction) -> bool:
    """Whether an error of the verifier is that of *interaction*, by the sentence it builds."""
    pair = f"between {interaction.consumer} and "
    return pair in error and error.endswith(f" - {interaction.description}")


def by_pact(expected: Iterable[Expected], interactions: Iterable[Interaction]) -> tuple[Verified, ...]:
    """The interactions of each pact that was to be verified.

    A pact's stand side by side. Where two pacts of a consumer ask for the same, the first is the one listed first.
    """
    left: dict[str, list[Interaction]] = {}
    for each in interactions:
        left.setdefault(each.consumer, []).append(each)
    return tuple(Verified(expected=pact, interactions=_taken(pact, left.get(pact.consumer, []))) for pact in expected)


def _taken(pact: Expected, interactions: list[Interaction]) -> tuple[Interaction, ...] | None:
    """Takes the interactions of *pact* off those of its consumer; None if they are not all there."""
    wanted, size = sorted(pact.interactions), len(pact.interactions)
    for start in range(len(interactions) - size + 1):
        found = interactions[start : start + size]
        if sorted(each.description for each in found) == wanted:
            del interactions[start : start + size]
            return tuple(found)
    return None


def gaps(verified: Iterable[Verified]) -> list[str]:
    """What should have been verified and was not."""
    return [
        f"Not all of {each.expected.what} was verified: it has {len(each.expected.interactions)} interactions."
        for each in verified
        if each.interactions is None
    ]
