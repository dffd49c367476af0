"""Motifs that nobody named, and how stable they are, in lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ethoframe.report.wording import number


def lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The table of what was tried, and what each motif that was kept is like."""
    stability = told["stability"]
    kept = stability["kept"]
    yield "halves of", f"{stability['of']}; agreement is the adjusted Rand index"
    for row in stability["table"]:
        mark = " (kept)" if (row["model"], row["number"]) == (kept["model"], kept["number"]) else ""
        yield (
            f"{row['model']} {row['number']}",
            f"seeds {row['seeds']:.2f}, halves {row['halves']:.2f}, without motifs "
            f"{row['shuffled']:.2f}, beyond {row['beyond']:.2f}{mark}",
        )
    for each in told["motifs"]:
        yield each["motif"], _like(each)
    if stability["warning"]:
        yield "warning", stability["warning"]


def _like(each: Mapping[str, Any]) -> str:
    def of(name: str) -> str:
        return "?" if each[name] is None else number(float(each[name]))

    return (
        f"{100 * each['share']:.0f} % of the time, {each['bouts']} bouts of {of('median_s')} s "
        f"(median), {of('speed_bl_per_s')} bl/s, {of('turning_deg_per_s')} deg/s, "
        f"{of('length_bl')} bl long"
    )
