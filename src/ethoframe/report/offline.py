"""Pages that run on their own: no network, no library, no font; what they know lies in them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ethoframe.report.static import SKELETON, STYLE
from ethoframe.report.wording import escaped

POLICY = (
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{}'"
)

SCRIPTS = """<script type="application/json" id="given">{given}</script>
<script>{script}</script>
"""


def offline(room: str, name: str, title: str, scripts: tuple[str, ...], given: Any) -> str:
    """A page whose parts lie in a folder of the package: ``NAME.html``, ``NAME.css``, scripts.

    Parameters
    ----------
    room
        The package they lie in, such as ``"ethoframe.report.drawing"``.
    name
        Of the body and the style, without suffix.
    title
        In the window's frame.
    scripts
        Names of the scripts, in order; together they are one strict script, the only one that the
        page lets run.
    given
        What the script finds as JSON in the element ``given``.
    """
    script = '"use strict";\n' + "\n".join(_part(room, each) for each in scripts)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripted = SCRIPTS.format(given=_as_data(given), script=script)
    return SKELETON.substitute(
        policy=POLICY.format(digest),
        title=escaped(title),
        style=_part("ethoframe.report", STYLE) + _part(room, f"{name}.css"),
        body=_part(room, f"{name}.html") + scripted,
    )


def _as_data(given: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in, whatever a file is called."""
    return json.dumps(given, allow_nan=False).replace("<", "\\u003c")


def _part(room: str, name: str) -> str:
    return files(room).joinpath(name).read_text(encoding="utf-8")
