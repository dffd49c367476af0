"""Times as people write them: ``0:12``, ``10min``, ``95.5``."""

from __future__ import annotations

from typing import Any

import click


class Moment(click.ParamType):
    """A time, or a length of time, as seconds.

    Examples
    --------
    >>> Moment().convert("0:12", None, None), Moment().convert("10min", None, None)
    (12.0, 600.0)
    """

    name = "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        from ethoframe.formats.sheet.times import seconds

        try:
            return seconds(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time; write it like 95.5, 1:35 or 10min", param, ctx)
