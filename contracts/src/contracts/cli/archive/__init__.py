"""The commands `contracts export` and `contracts import`."""
