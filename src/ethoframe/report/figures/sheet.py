"""From a matplotlib figure to SVG that a page can hold inline."""

from __future__ import annotations

import io
import logging
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri
from ethoframe.report.palette import INK

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ethoframe",
    "text.parse_math": False,  # a zone called "$5" is a name, not a formula
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.labelsize": 12,
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "legend.frameon": False,
    "legend.fontsize": 11,
    "path.simplify": True,
}
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@contextmanager
def look() -> Iterator[None]:
    """The style of every figure; draw inside it."""
    # Glyphs that the metrics font lacks are the browser's business: the SVG keeps text as text.
    quiet = logging.getLogger("matplotlib.font_manager"), logging.getLogger("matplotlib.text")
    levels = [logger.level for logger in quiet]
    for logger in quiet:
        logger.setLevel(logging.ERROR)
    try:
        with mpl.rc_context(STYLE), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")
            yield
    finally:
        for logger, level in zip(quiet, levels, strict=True):
            logger.setLevel(level)


class Sheet:
    """A figure measured in px, and the pictures laid into it.

    Parameters
    ----------
    width, height
        Natural size of the drawing in px; one point is one px.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72)
        self._pictures: dict[str, tuple[Axes, tuple[float, float, float, float], str]] = {}

    def axes(self, left: float, top: float, right: float, bottom: float, **kwargs: Any) -> Axes:
        """Axes with these margins in px."""
        across = (self.width - left - right) / self.width
        down = (self.height - top - bottom) / self.height
        box = left / self.width, bottom / self.height, across, down
        return self.figure.add_axes(box, **kwargs)

    def picture(
        self,
        axes: Axes,
        pixels: Array,
        extent: tuple[float, float, float, float],
        kind: str = "jpeg",
    ) -> None:
        """Lay uint8 pixels ``(y, x)`` or ``(y, x, 3 or 4)`` at left, right, top, bottom in data.

        A rectangle holds the place, and becomes the picture in `svg`: matplotlib itself embeds
        only PNG, which is ten times as large for a photograph.
        """
        left, right, top, bottom = extent
        holder = Rectangle((left, bottom), right - left, top - bottom, linewidth=0, zorder=0)
        holder.set_gid(f"picture{len(self._pictures)}")
        self._pictures[holder.get_gid() or ""] = axes, extent, data_uri(pixels, kind)
        axes.add_patch(holder)

    def svg(self, key: str, title: str) -> str:
        """The drawing as an SVG element whose ids all begin with `key`."""
        text = io.StringIO()
        nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
        self.figure.savefig(text, format="svg", transparent=True, metadata=nothing)
        root = ET.fromstring(text.getvalue())
        for name, (axes, extent, uri) in self._pictures.items():
            _swap(root, name, self._image(axes, extent, uri))
        _tidied(root, key)
        root.attrib.update({"viewBox": f"0 0 {self.width:g} {self.height:g}", "role": "img"})
        for attribute in ("width", "height", "version"):
            root.attrib.pop(attribute, None)
        named = ET.Element(f"{{{SVG}}}title")
        named.text = title
        root.insert(0, named)
        return _written(root)

    def _image(self, axes: Axes, extent: tuple[float, float, float, float], uri: str) -> ET.Element:
        """The picture where the finished layout puts its corners."""
        (x0, y0), (x1, y1) = axes.transData.transform(
            [(extent[0], extent[2]), (extent[1], extent[3])]
        )
        place = {"x": x0, "y": self.height - y0, "width": x1 - x0, "height": y0 - y1}
        attributes = {name: f"{value:.2f}" for name, value in place.items()}
        return ET.Element(
            f"{{{SVG}}}image", attributes | {f"{{{XLINK}}}href": uri, "preserveAspectRatio": "none"}
        )


def _swap(root: ET.Element, name: str, image: ET.Element) -> None:
    """The picture in the place of its holder, clipped as it was."""
    holder = next(group for group in root.iter(f"{{{SVG}}}g") if group.get("id") == name)
    clip = next((path.get("clip-path") for path in holder if path.get("clip-path")), None)
    holder[:] = [image]
    if clip:
        holder.set("clip-path", clip)


def _tidied(root: ET.Element, key: str) -> None:
    """Ids made unique on the page, coordinates shortened, ink and fonts left to the page."""
    for parent in root.iter():
        for child in [c for c in parent if c.tag.endswith("metadata")]:
            parent.remove(child)
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            element.set(name, _attribute(name, value, key))


def _attribute(name: str, value: str, key: str) -> str:
    if name == "id":
        return f"{key}-{value}"
    if name.endswith("href"):
        return f"#{key}-{value[1:]}" if value.startswith("#") else value
    if name in ("d", "x", "y", "transform"):
        return _NUMBER.sub(lambda m: f"{float(m.group()):.2f}", value)
    if name == "clip-path":
        return value.replace("url(#", f"url(#{key}-")
    if name == "style":
        return value.replace(INK, "currentColor").replace("'DejaVu Sans'", FONTS)
    return value


def _written(root: ET.Element) -> str:
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="unicode")
