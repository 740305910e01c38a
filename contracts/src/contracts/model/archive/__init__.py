"""The records of an archive, which `contracts export` writes and `contracts import` reads."""
