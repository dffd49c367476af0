"""What is said where one channel of several is meant."""

from __future__ import annotations

import shlex
from collections.abc import Sequence


def name_one(names: Sequence[str]) -> str:
    """The remedy where no channel was chosen, or one that is not there.

    Parameters
    ----------
    names
        Of the channels that there are, as many as there are.

    Examples
    --------
    >>> name_one(["gfp", "c1 red"])
    'name one, as --channel gfp: gfp, c1 red'
    """
    listed = ", ".join(names)
    return f"name one, as --channel {shlex.quote(names[0])}: {listed}" if names else "name none"
