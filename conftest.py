"""Import the packages before pytest makes modules of the same names for their folders' tests."""

import consumer  # noqa: F401 - see above
import provider  # noqa: F401 - see above


pytest_plugins = ["pytester"]
