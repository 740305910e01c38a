"""The former name of `contracts.ci.gate`."""

from contracts.ci.gate import Decision as Verdict
from contracts.ci.gate import can_i_deploy


__all__ = ["Verdict", "can_i_deploy"]
