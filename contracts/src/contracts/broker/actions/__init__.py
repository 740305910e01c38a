"""Verbs that touch several nouns or raise events."""
