"""Ethograms of all animals: a row for each, a bar for each bout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as Folder

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedLocator, FuncFormatter

from ethoframe.data.noun import Array
from ethoframe.report.figures.sheet import Sheet
from ethoframe.report.figures.timeaxis import joined, round_times, time_label
from ethoframe.report.palette import ARENA, INK, ZONES, zone_colour
from ethoframe.report.study.bouts import Ethogram, Line, ethograms
from ethoframe.report.study.panel import save_pdf, save_svg, style
from ethoframe.report.study.study import Study
from ethoframe.report.wording import clock, counted, escaped, plain

NAME = "ethogram_"
"""How its files begin."""
WIDE, LEFT, RIGHT, BOTTOM = 518.0, 74.0, 16.0, 27.0
"""In points, which are px on the page before it is enlarged; 183 mm are two columns of a paper."""
LANE, GAP, HEADING, LEGEND, CUE = 7.0, 2.5, 13.0, 14.0, 9.0
LEAST_LANE, TALL = 2.0, 900.0
"""Rows are lower where there are many: a figure is to fit a page."""
MOST = 200
"""Rows that are drawn."""
TRUE = 1.05
"""How many times as long as they are bouts may be drawn by making short ones visible."""
CELLS, CELL_PX, LEVELS = 40_000, 1.25, 4
"""Where that will not do: most cells of a figure, their least width on the page, and shades."""
LETTERS = 15
"""Of a name that fit beside its row."""
_RECTANGLE = re.compile(
    r"M (\S+) (\S+) \s*L (\S+) \S+ \s*L \S+ (\S+) \s*L \S+ \S+ \s*(?:L \S+ \S+ \s*)?z\s*"
)


@dataclass(frozen=True)
class Drawn:
    """A figure of bouts, ready for the page.

    Parameters
    ----------
    title, words
        What it shows, and how it was drawn.
    name
        Of its files, without suffix.
    svg
        The drawing.
    """

    title: str
    words: str
    name: str
    svg: str


def drawn(study: Study, folder: Folder, zoom: float) -> tuple[Drawn, ...]:
    """Figures of all bouts, each written into a folder as SVG and PDF as well.

    Parameters
    ----------
    study
        Whose bouts.
    folder
        Where to; it must exist.
    zoom
        How much larger than in print figures are on the page.
    """
    found = []
    with style():
        for ethogram in ethograms(study):
            if not any(len(spans) for line in ethogram.lines for spans in line.spans_s.values()):
                continue
            raster = Raster(ethogram, zoom)
            sheet, name = raster.sheet(), f"{NAME}{ethogram.title.replace(' ', '_')}"
            svg = raster.svg(sheet, name)
            save_svg(sheet, svg, folder / f"{name}.svg")
            save_pdf([sheet], folder / f"{name}.pdf")
            sized = svg.replace("<svg ", f'<svg width="{zoom * sheet.width:.0f}" ', 1)
            found.append(Drawn(ethogram.title, raster.words, name, sized))
    return tuple(found)


def shown(figures: Sequence[Drawn], folder: str) -> str:
    """The figures as HTML; their files lie in `folder`."""
    if not figures:
        return '<p class="absent">No episodes of behaviour were told.</p>'
    return "\n".join(_shown(figure, folder) for figure in figures)


def _shown(figure: Drawn, folder: str) -> str:
    links = "".join(
        f'<a href="{folder}/{figure.name}.{kind}">{kind.upper()}</a>' for kind in ("svg", "pdf")
    )
    return (
        f'<figure class="ethogram"><h3>{escaped(figure.title)}</h3>'
        f'<div class="scroll">{figure.svg}</div>'
        f"<figcaption><p>{escaped(figure.words)}</p>{links}</figcaption></figure>"
    )


@dataclass(frozen=True)
class Raster:
    """A figure of all bouts of one method.

    Parameters
    ----------
    ethogram
        What is drawn.
    zoom
        How much larger the page shows it than it is: bouts are as long as a px of that at least.
    """

    ethogram: Ethogram
    zoom: float = 1.0

    @cached_property
    def groups(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """Those that are drawn, under their headings."""
        found, left = [], MOST
        for heading, lines in self.ethogram.groups:
            if left > 0:
                found.append((heading, lines[:left]))
            left -= len(lines)
        return tuple(found)

    @cached_property
    def lanes(self) -> Mapping[str, int]:
        """At which height in a row each label is drawn: those that overlap, beneath each other."""
        kept: list[list[str]] = []
        lines = self.ethogram.lines
        for label in self.ethogram.labels:
            free = (lane for lane in kept if not any(_meet(lines, label, o) for o in lane))
            lane = next(free, None)
            if lane is None:
                kept.append([label])
            else:
                lane.append(label)
        return {label: at for at, lane in enumerate(kept) for label in lane}

    @property
    def least_s(self) -> float:
        """The shortest bout that can be seen: a px of the page."""
        return self._last / ((WIDE - LEFT - RIGHT) * self.zoom)

    @property
    def words(self) -> str:
        """How it was drawn."""
        rows = len(self.ethogram.lines)
        told = [f"{counted(rows, 'row')}, one for each animal and session; from the trial's start"]
        if rows > MOST:
            told.append(f"the first {MOST} are drawn, all are in each recording's episodes.csv")
        if any(len(line.missed_s) for _, lines in self.groups for line in lines):
            told.append("grey: not looked at, or not seen")
        if any(line.cues for _, lines in self.groups for line in lines):
            told.append("shaded: events")
        if self.dense:
            told.append(
                f"bouts are too short to be told apart: each cell of {self._cell_s:.2g} s is as "
                f"deep in colour as the share of it that they take, in {LEVELS} shades"
            )
        elif any(_is_short(spans, self.least_s) for spans in self._spans):
            told.append(
                f"what is shorter than {self.least_s:.2g} s is drawn as long as that, and what is "
                "less apart is joined"
            )
        return "; ".join(told) + "."

    @cached_property
    def dense(self) -> bool:
        """Whether bouts are too short and close to be drawn one by one."""
        lasting = drawn = 0.0
        for spans in self._spans:
            lasting += float(np.diff(spans).sum())
            drawn += float(np.diff(joined(spans, self.least_s)).sum())
        return drawn > TRUE * lasting

    @property
    def _spans(self) -> Iterator[Array]:
        """Of each line and label."""
        for _, lines in self.groups:
            for line in lines:
                yield from line.spans_s.values()

    @property
    def _cell_s(self) -> float:
        """How long a cell is where there are shades."""
        rows = sum(len(lines) for _, lines in self.groups) * max(len(self.ethogram.labels), 1)
        return max(self.least_s * CELL_PX, self._last * rows / CELLS)

    @property
    def _last(self) -> float:
        return max((line.lasts_s for line in self.ethogram.lines), default=0.0) or 1.0

    def sheet(self) -> Sheet:
        """The drawing; call it, and save what it gives, inside the `style` of panels."""
        count = sum(len(lines) for _, lines in self.groups)
        headings = sum(bool(heading) for heading, _ in self.groups)
        shared = _shared(self.groups)
        high = max(self.lanes.values(), default=0) + 1
        lane = max(min(LANE, (TALL / max(count, 1) - GAP) / high), LEAST_LANE)
        row = lane * high + min(GAP, lane)
        body = count * row + headings * HEADING
        columns, handles = self._columns, self._handles()
        legend = LEGEND * -(-len(handles) // columns)
        top = 4 + legend + (CUE if shared else 0)
        sheet = Sheet(WIDE, top + body + BOTTOM)
        axes = sheet.axes(LEFT, top, RIGHT, BOTTOM)
        axes.set_xlim(0, self._last)
        axes.set_ylim(body, 0)
        self._draw(axes, row, lane)
        self._name(axes, row)
        for label, start, stop in shared:
            axes.text(
                (start + stop) / 2, -2, plain(label, 18), ha="center", va="bottom", fontsize=6.5
            )
        above = 1 + (CUE if shared else 0) / max(body, 1)
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-LEFT / self._inner, above),
            ncols=columns, handlelength=1.1, handleheight=0.9, handletextpad=0.5,
            columnspacing=1.4, borderaxespad=0.1, borderpad=0, labelspacing=0.35,
        )  # fmt: skip
        return sheet

    def svg(self, sheet: Sheet, key: str) -> str:
        """The drawing as SVG, with bars written shortly."""
        text = sheet.svg(key, f"{self.ethogram.title}: when each animal did it")
        return re.sub(r' d="([^"]*)"', lambda found: f' d="{_shortly(found[1])}"', text)

    @property
    def _inner(self) -> float:
        return WIDE - LEFT - RIGHT

    @property
    def _columns(self) -> int:
        longest = max((len(label) for label in self.ethogram.labels), default=1)
        return max(1, min(7, int(WIDE / (4.4 * min(longest, 24) + 24))))

    def _handles(self) -> list[Patch]:
        found = [
            Patch(facecolor=zone_colour(at), alpha=_strength(at), label=plain(label, 24))
            for at, label in enumerate(self.ethogram.labels)
        ]
        if any(len(line.missed_s) for _, lines in self.groups for line in lines):
            found.append(Patch(facecolor=ARENA, alpha=0.35, label="not looked at"))
        return found if len(found) > 1 else []

    def _draw(self, axes: Axes, row: float, lane: float) -> None:
        """Bars of each label as one path."""
        bars: dict[str, list[tuple[Array, float, float]]] = {}
        for at, line in self._placed(row):
            bottom = at + row - (row - lane * (max(self.lanes.values(), default=0) + 1))
            for _, start, stop in line.cues:
                span = np.array([[start, min(stop, line.lasts_s)]])
                bars.setdefault("cues", []).append((span, at, at + row))
            whole = np.array([[0.0, line.lasts_s]])
            bars.setdefault("line", []).append((whole, bottom, bottom + 0.4))
            bars.setdefault("missed", []).append((line.missed_s, at, bottom))
            for label, spans in line.spans_s.items():
                high = at + lane * self.lanes[label]
                seen = np.clip(spans, 0, line.lasts_s)
                for level, shade in enumerate(self._shades(seen), 1):
                    name = f"{level}={label}"
                    bars.setdefault(name, []).append((shade, high, high + 0.9 * lane))
        looks = [("cues", INK, 0.1), ("line", INK, 0.35), ("missed", ARENA, 0.35)]
        shades = LEVELS if self.dense else 1
        looks += [
            (f"{level}={label}", zone_colour(at), _strength(at) * level / shades)
            for at, label in enumerate(self.ethogram.labels)
            for level in range(1, shades + 1)
        ]
        for name, colour, strength in looks:
            if name in bars:
                _fill(axes, bars[name], colour, strength)

    def _shades(self, spans: Array) -> list[Array]:
        """What is drawn of spans: palest first where there are shades, else all in one."""
        if not self.dense:
            return [joined(spans, self.least_s)]
        edges = np.arange(0.0, self._last + self._cell_s, self._cell_s)
        level = np.ceil(shares(spans, edges) * LEVELS - 1e-9)
        return [_runs(level == each, edges) for each in range(1, LEVELS + 1)]

    def _placed(self, row: float) -> Iterator[tuple[float, Line]]:
        """Each line with where its row begins."""
        at = 0.0
        for heading, lines in self.groups:
            at += HEADING if heading else 0
            for line in lines:
                yield at, line
                at += row

    def _name(self, axes: Axes, row: float) -> None:
        """Names of rows and groups, and the axis of time."""
        at = 0.0
        for heading, lines in self.groups:
            if heading:
                words = f"{plain(heading, 60)}, n = {len(lines)}"
                axes.text(
                    -LEFT / self._inner, at + HEADING - 3, words, fontweight="bold",
                    transform=axes.get_yaxis_transform(), va="baseline",
                )  # fmt: skip
                at += HEADING
            # Where rows are lower than letters, some are named.
            every = max(1, int(np.ceil(6.2 / row)))
            for index, line in enumerate(lines):
                if index % every == 0:
                    words = plain(line.name, LETTERS) + (" ×" if line.failed else "")
                    axes.text(
                        -4 / self._inner, at + row / 2, words, ha="right", va="center", fontsize=6,
                        transform=axes.get_yaxis_transform(),
                    )  # fmt: skip
                at += row
        ticks, decimals = round_times(0.0, self._last, 9)
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda s, _: clock(s, decimals)))
        axes.set_xlabel(time_label(self._last))
        axes.tick_params(axis="x", length=2.5, pad=2)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)


def _strength(at: int) -> float:
    """Colours come round again after a few, and are paler then."""
    return 1.0 if at < len(ZONES) else 0.5


def _meet(lines: Sequence[Line], one: str, other: str) -> bool:
    """Whether two labels are ever on at the same time."""
    return any(
        _overlap(line.spans_s[one], line.spans_s[other])
        for line in lines
        if one in line.spans_s and other in line.spans_s
    )


def _overlap(a: Array, b: Array) -> bool:
    """Whether spans of the one meet spans of the other, which do not meet each other."""
    a, b = (spans[np.argsort(spans[:, 0])] for spans in (a, b))
    first = np.searchsorted(np.maximum.accumulate(b[:, 1]), a[:, 0] + 1e-6, "right")
    last = np.searchsorted(b[:, 0], a[:, 1] - 1e-6, "left")
    return bool(np.any(last > first))


def shares(spans: Array, edges: Array) -> Array:
    """Share of each cell ``(n,)`` between edges ``(n + 1,)`` that spans take.

    Examples
    --------
    >>> shares(np.array([[0.0, 1.0], [2.5, 3.0]]), np.array([0.0, 2.0, 4.0])).tolist()
    [0.5, 0.25]
    """
    if not len(spans):
        return np.zeros(len(edges) - 1)
    spans = joined(spans, 0.0)
    before = np.append(0.0, np.cumsum(np.diff(spans)))
    # Rises with each span and rests between them: how much of them lies before each edge.
    at = np.interp(edges, spans.ravel(), np.stack([before[:-1], before[1:]], axis=1).ravel())
    return np.asarray(np.diff(at) / np.diff(edges))


def _runs(chosen: Array, edges: Array) -> Array:
    """Spans ``(n, 2)`` of neighbouring cells that are chosen."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(int)))
    return np.asarray(edges[turns].reshape(-1, 2))


def _is_short(spans: Array, least: float) -> bool:
    """Whether any span, or pause between two, is too short to be drawn as it is."""
    if not len(spans):
        return False
    spans = spans[np.argsort(spans[:, 0])]
    lasting, pauses = spans[:, 1] - spans[:, 0], spans[1:, 0] - spans[:-1, 1]
    return bool(np.any(lasting < least) or np.any((pauses > 0) & (pauses < least)))


def _shared(groups: Sequence[tuple[str, Sequence[Line]]]) -> tuple[tuple[str, float, float], ...]:
    """Events that all rows have at the same time, to a second."""
    lines = [line for _, each in groups for line in each]
    if not lines or not all(len(line.cues) == len(lines[0].cues) for line in lines):
        return ()
    rounded = {
        tuple((label, round(start), round(stop)) for label, start, stop in line.cues)
        for line in lines
    }
    return lines[0].cues if len(rounded) == 1 else ()


def _fill(
    axes: Axes, bars: Sequence[tuple[Array, float, float]], colour: str, strength: float
) -> None:
    """Spans, each from one height to another, as one filled path."""
    corners = [
        np.stack([x, np.full(len(spans), y)], axis=1)
        for spans, low, high in bars
        for x, y in (
            (spans[:, 0], low), (spans[:, 1], low), (spans[:, 1], high), (spans[:, 0], high),
        )
    ]  # fmt: skip
    five = [
        np.stack([*corners[at : at + 4], corners[at]], axis=1).reshape(-1, 2)
        for at in range(0, len(corners), 4)
    ]
    points = np.concatenate(five)
    if len(points):
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        path = Path(points, codes * (len(points) // 5))
        axes.add_patch(
            PathPatch(path, facecolor=colour, edgecolor="none", alpha=strength, zorder=2)
        )


def _shortly(path: str) -> str:
    """A path whose rectangles are written by their sides.

    Examples
    --------
    >>> _shortly("M 1 2 L 5.25 2 L 5.25 9 L 1 9 L 1 2 z ")
    'M1 2H5.25V9H1z'
    """
    return _RECTANGLE.sub(r"M\1 \2H\3V\4H\1z", path.replace("&#10;", " "))
