"""What is around a page with three small conveniences: filtering, saving, copying."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from ethoframe.report.offline import POLICY
from ethoframe.report.static import SKELETON, STYLE
from ethoframe.report.wording import escaped


def shell(
    title: str, body: str, package: str, style: str, also: Sequence[tuple[str, str]] = ()
) -> str:
    """A whole page that needs no network, no library and no font.

    Parameters
    ----------
    title
        In the window's frame.
    body
        As HTML.
    package, style
        Where the style lies that the page has besides the one of all pages.
    also
        Packages and names of further styles, which come before it.
    """
    script = _part("ethoframe.report", "page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return SKELETON.substitute(
        policy=POLICY.format(digest),
        title=escaped(title),
        style="".join(
            _part(*each) for each in (("ethoframe.report", STYLE), *also, (package, style))
        ),
        body=f"{body}<script>{script}</script>\n",
    )


def _part(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
