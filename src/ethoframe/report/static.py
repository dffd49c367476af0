"""Pages without any script: what they show lies in them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

from ethoframe.report.wording import escaped
from ethoframe.run.writing import moved_into

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
$body</body>
</html>
""")

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_static(path: Path, title: str, body: str, room: str, name: str) -> None:
    """Write a page; a reader never sees half of one.

    Parameters
    ----------
    path
        Where to; its folder must exist.
    title
        In the window's frame.
    body
        As HTML.
    room, name
        The package and the name, without suffix, of the style that the page has besides.
    """
    style = "".join(
        files(package).joinpath(file).read_text(encoding="utf-8")
        for package, file in (("ethoframe.report", STYLE), (room, f"{name}.css"))
    )
    text = SKELETON.substitute(policy=POLICY, title=escaped(title), style=style, body=body)
    with moved_into(path.parent) as part:
        (part / path.name).write_text(text, encoding="utf-8", newline="\n")
