"""Which keypoint is what, as people write it: ``nose=bp1, tail_base=bp7``."""

from __future__ import annotations

from typing import Any

import click

from ethoframe.data import Refusal, Roles


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
