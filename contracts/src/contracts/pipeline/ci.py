"""The former name of `contracts.ci.detection`."""

from contracts.ci.detection import Build, UnknownBuild, detect


__all__ = ["Build", "UnknownBuild", "detect"]
