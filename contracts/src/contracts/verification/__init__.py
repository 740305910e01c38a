"""Strict verification of a provider by the official verifier."""
