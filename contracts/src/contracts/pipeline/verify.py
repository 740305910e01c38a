"""The former name of `contracts.verification.verify`."""

from contracts.verification.verify import BrokerSource, Files, PactUrl, Report, State, VerificationFailed, verify


__all__ = ["BrokerSource", "Files", "PactUrl", "Report", "State", "VerificationFailed", "verify"]
