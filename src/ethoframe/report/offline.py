"""Pages that run on their own: no network, no library, no font; what they know lies in them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Any

from ethoframe.report.wording import escaped

STYLE = "page.css"
"""The look that all pages share."""

SKELETON = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="$policy">
<title>$title</title>
<style>
$style</style>
</head>
<body>
$body<script type="application/json" id="given">$given</script>
<script>$script</script>
</body>
</html>
""")

POLICY = (
    "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
    "script-src 'sha256-{}'"
)


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
    return SKELETON.substitute(
        policy=POLICY.format(base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()),
        title=escaped(title),
        style=_part("ethoframe.report", STYLE) + _part(room, f"{name}.css"),
        body=_part(room, f"{name}.html"),
        given=_as_data(given),
        script=script,
    )


def _as_data(given: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in, whatever a file is called."""
    return json.dumps(given, allow_nan=False).replace("<", "\\u003c")


def _part(room: str, name: str) -> str:
    return files(room).joinpath(name).read_text(encoding="utf-8")
