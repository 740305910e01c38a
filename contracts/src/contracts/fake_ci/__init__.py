"""Plays a repository's workflow files and its broker's webhook on this machine."""
