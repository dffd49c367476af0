"""Does it know when it failed: verdicts on videos ruined on purpose, on sound and on real ones.

Each row is a kind of video: how many there are, of how many the verdict is *good*, *look* and
*failed*, and what speaks against them, the most frequent first. Ten are ruined in each of six ways,
sixty are sound, no two of one animal, floor, lamp and camera; the limits of the checks were chosen
on other seeds. All are encoded as H.264 and decoded again. Real videos are listed one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._films import MOUSE, shared
from ethoframe import formats, recipes
from ethoframe.data import Arena, Check, Recording, Refusal, Verdict
from ethoframe.run.analysis import Analysis
from ethoframe.testing.scenes import Scene, film
from ethoframe.testing.scenes.ruined import RUINS, Ruin, ruined, wrong_arena
from ethoframe.testing.scenes.varied import varied

Row = dict[str, Any]

FIRST_SEED = 1000
RUINED, SOUND = 10, 60
HEIGHT_PX, LASTS_S = 240, 24.0
REAL = (MOUSE, "data/flies/clip.mp4")


def rows() -> Iterator[Row]:
    """Ruined videos, sound ones, real ones."""
    with TemporaryDirectory() as folder:
        for how in RUINS:
            seeds = range(FIRST_SEED, FIRST_SEED + RUINED)
            yield told(how, (on_a_ruined_one(how, seed, Path(folder)) for seed in seeds))
        seeds = range(FIRST_SEED, FIRST_SEED + SOUND)
        yield told("sound", (on_a_sound_one(seed, Path(folder)) for seed in seeds))
    for name in REAL:
        yield told(Path(name).name, [judged(formats.read(shared() / name))])


def told(kind: str, verdicts: Iterable[Verdict]) -> Row:
    """How often each word was said of videos of a kind, and why."""
    verdicts = list(verdicts)
    words = Counter(verdict.word for verdict in verdicts)
    why = Counter(check.name for verdict in verdicts for check in verdict.reasons)
    counts = {word: words[word] for word in ("good", "look", "failed")}
    reasons = ", ".join(f"{name} {count}" for name, count in why.most_common(4))
    return {"videos": kind, "count": len(verdicts), **counts, "reasons": reasons}


def on_a_sound_one(seed: int, folder: Path) -> Verdict:
    """The verdict on a sound video."""
    return judged(filmed(small(varied(seed, LASTS_S)), folder))


def on_a_ruined_one(how: Ruin, seed: int, folder: Path) -> Verdict:
    """The verdict on a video that was spoilt."""
    scene = small(varied(seed, LASTS_S))
    arena = wrong_arena(scene, seed) if how == "wrong arena" else None
    return judged(filmed(ruined(scene, how, seed), folder), arena)


def small(scene: Scene) -> Scene:
    """The scene in a picture of fewer pixels."""
    share = HEIGHT_PX / scene.size[0]
    size = HEIGHT_PX, 2 * round(scene.size[1] * share / 2)
    corners = scene.corners_px and tuple((x * share, y * share) for x, y in scene.corners_px)
    return replace(scene, size=size, corners_px=corners)


def filmed(scene: Scene, folder: Path) -> Recording:
    """The scene as a video file, opened; one of the same name is replaced."""
    return formats.read(film(scene, folder / f"{scene.name}.mp4"))


def judged(recording: Recording, arena: Arena | None = None) -> Verdict:
    """What the recipe says of a recording, with an arena that is given or else found."""
    recipe = recipes.load("open-field")
    given = {"arena": arena} if arena is not None else {}
    try:
        verdict = Analysis(recording, recipe, given).answers()["verdict"]
    except Refusal as refusal:
        check = Check(name="not analysed", value=1.0, unit="", look=1.0, fail=1.0)
        return Verdict((replace(check, says=refusal.reason),))
    assert isinstance(verdict, Verdict)
    return verdict
