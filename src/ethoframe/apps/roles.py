"""Which keypoint is what, as people write it once: ``nose=bp1, tail_base=bp7``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ethoframe.data import Refusal, Roles

REMEMBERED = "roles.toml"
"""In the folder of results: what was said there of keypoints, and holds until it is said anew."""


class RolesTyped(click.ParamType):
    """Roles and their keypoints.

    Examples
    --------
    >>> RolesTyped().convert("nose=bp1, neck=bp2", None, None).keypoints["neck"]
    'bp2'
    """

    name = "ROLES"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Roles:
        """The roles."""
        if isinstance(value, Roles):
            return value
        try:
            return Roles.parse(str(value))
        except Refusal as refusal:
            self.fail(str(refusal), param, ctx)


def remembered(out: Path, said: Roles | None) -> Roles | None:
    """The roles that a user says, kept beside the results; else those that were kept there.

    Raises
    ------
    Refusal
        When the file cannot be read or written.
    """
    from ethoframe.formats import roles

    path = out / REMEMBERED
    if said is not None:
        roles.write(path, said)
        return said
    return roles.read(path) if path.is_file() else None
