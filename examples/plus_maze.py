"""A plus maze from tracks: an assay carried out in Python, measured beside true.

    python examples/plus_maze.py

At the command line the same is
``ethoframe plus-maze TRACKS --arena arena.toml --clock 25fps --set zones.open=left-right``.
"""

from __future__ import annotations

from ethoframe import recipes
from ethoframe.data import Measures
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out
from ethoframe.testing.mazes import Session, plus_maze

ARMS = {"open": ("left", "right"), "closed": ("up", "down")}
ORDER = ["up", "left", "up", "down", "right", "down", "up", "left", "left", "down"]


def measured(session: Session) -> Measures:
    """Everything that the assay measures; definitions are in each row."""
    recipe = recipes.load("plus-maze", from_tracks=True).configured({"zones.open": "left-right"})
    found = carried_out(recipe, {"tracks": session.tracks, "arena": session.arena})
    return measures_in(found.answers)


if __name__ == "__main__":
    maze = plus_maze(ORDER, noise_mm=1.0)
    m = measured(maze)
    print(f"{'':16} measured  true")
    for word, arms in ARMS.items():
        time_s, entries = (sum(map(each, arms)) for each in (maze.time_s, maze.entries))
        print(f"time in {word:8} {m.value(f'time in {word}'):8.1f} {time_s:5.1f} s")
        print(f"entries to {word:6} {m.value(f'entries to {word}'):7.0f} {entries:5}")
    print(f"\n{m.row('entries to open').definition}")
