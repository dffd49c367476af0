from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe import recipes
from ethoframe.contract import In, Kind, Recipe, Spec, Step, WholeMethod
from ethoframe.contract.fan import fanned
from ethoframe.data import Recording, Refusal, Tracks, Window
from ethoframe.run import marks as marks_module
from ethoframe.run import stream
from ethoframe.run.analysis import Analysis
from ethoframe.run.journal import Journal
from ethoframe.testing.scenes import Scene
from ethoframe.testing.specimens import Change, Typical, Usual, film, walk

FILM = film(20)
ON_FILM = {"recording": "film"}


def recipe(steps: dict[str, tuple], *gives: str, takes: tuple[str, ...] = ("film",)) -> Recipe:
    """A recipe from ``name: (method, {input: source})``."""
    written = tuple(Step(name, method, inputs) for name, (method, inputs) in steps.items())
    kinds = dict.fromkeys(takes, Kind.RECORDING)
    return Recipe("r", "r", "", kinds, written, {g: g for g in gives or steps})


EVERY_FAMILY = recipe(
    {
        "change": (Change(), ON_FILM),  # with reach
        "usual": (Usual(), {"recording": "change"}),  # with memory
        "typical": (Typical(), {"recording": "change"}),  # with a partial answer
    },
    "usual",
    "typical",
)


class Watched:
    """Pixels that count how often they are read."""

    def __init__(self, recording: Recording) -> None:
        self.inner, self.read = recording.source, []

    def images(self, numbers):
        for number, image in self.inner.images(numbers):
            self.read.append(number)
            yield number, image


def watched(recording: Recording = FILM) -> tuple[Recording, list[int]]:
    source = Watched(recording)
    return replace(recording, source=source), source.read


@pytest.fixture(scope="module")
def _often():
    """A mark after every batch of three frames."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marks_module, "MARK_EVERY_S", 0.0)
        patch.setattr(marks_module, "SHARE", float("inf"))
        patch.setattr(stream, "BATCH_FRAMES", 3)
        yield


class Killed(Exception):
    """The end of a run, after so many frames."""


def killed_at(frames: int):
    """Told of progress, and ends the run when so many frames are done."""

    def told(task: str, done: int, total: int) -> None:
        if done >= frames:
            raise Killed(done)

    return told


@pytest.mark.usefixtures("_often")
@settings(max_examples=20)
@given(st.lists(st.integers(1, 20), max_size=4))
def test_killed_at_any_frames_it_ends_where_it_would_have(tmp_path_factory, moments):
    journal = Journal(tmp_path_factory.mktemp("out") / "journal.sqlite")
    done = 0
    for moment in sorted(moments):
        run = journal.begin("film", "key")
        with pytest.raises(Killed) as killed:
            Analysis(FILM, EVERY_FAMILY, run=run, told=killed_at(moment)).answers()
        done = killed.value.args[0]
    recording, read = watched()
    last = Analysis(recording, EVERY_FAMILY, run=journal.begin("film", "key"))
    assert last.answers() == Analysis(FILM, EVERY_FAMILY).answers()
    assert last.resumed == done
    assert min(read, default=20) >= done - 1  # one more is needed for the reach


@pytest.mark.usefixtures("_often")
def test_a_finished_pass_is_not_read_again(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    once = Analysis(FILM, EVERY_FAMILY, run=journal.begin("film", "key")).answers()
    recording, read = watched()
    again = Analysis(recording, EVERY_FAMILY, run=journal.begin("film", "key"))
    assert again.answers() == once
    assert (read, again.resumed) == ([], 20)


def test_without_a_journal_nothing_is_resumed():
    analysis = Analysis(FILM, EVERY_FAMILY)
    assert analysis.answers().keys() == {"usual", "typical"}
    assert analysis.resumed == 0


def test_frames_that_several_steps_look_at_are_read_once():
    few = type("Few", (Typical,), {"visits": lambda self, spec: np.array([0, 5, 9])})

    @dataclass(frozen=True)
    class After(few):
        takes: ClassVar = {**Typical.takes, "background": In(Kind.IMAGE)}

    steps = {
        "first": (few(), ON_FILM),
        "second": (After(), {**ON_FILM, "background": "first"}),
        "third": (After(), {**ON_FILM, "background": "second"}),
    }
    recording, read = watched()
    answers = Analysis(recording, recipe(steps)).answers()
    assert read == [0, 5, 9]
    assert answers["first"] == answers["third"]


def test_what_is_given_is_not_done():
    background = FILM.frames([3])
    recording, read = watched()
    steps = {"typical": (Typical(), ON_FILM)}
    given = {"typical": background}
    assert Analysis(recording, recipe(steps), given).answers() == given
    assert read == []


def test_whoever_wants_is_told():
    told = []
    Analysis(FILM, EVERY_FAMILY, told=lambda *of: told.append(of)).answers()
    assert {task for task, _, _ in told} == {"usual + typical"}
    assert told[0][1:] == (0, 0)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1:] == (20, 20)


def test_opencv_keeps_its_threads():
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        seen = []
        Analysis(FILM, EVERY_FAMILY, told=lambda *_: seen.append(cv2.getNumThreads())).answers()
        assert set(seen) == {1}
        with pytest.raises(Killed):
            Analysis(FILM, EVERY_FAMILY, told=killed_at(1)).answers()
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(before)


def test_where_the_time_went():
    analysis = Analysis(FILM, EVERY_FAMILY)
    analysis.answers()
    assert {"decode", "compute", "wait", "whole"} <= analysis.profile.total().keys()


def test_a_recording_of_nothing_is_refused():
    with pytest.raises(Refusal, match="it has no frames; name another recording"):
        Analysis(film(0), EVERY_FAMILY).answers()


def test_a_recipe_of_two_recordings_is_refused():
    both = recipe({"usual": (Usual(), ON_FILM)}, takes=("film", "other"))
    with pytest.raises(Refusal, match="r: it takes 2 recordings; name a recipe that takes one"):
        Analysis(FILM, both).answers()


@dataclass(frozen=True)
class Followed(WholeMethod):
    """Tracks that nobody saw."""

    takes: ClassVar = {"values": In(Kind.VALUES)}
    gives: ClassVar = Kind.TRACKS
    version: ClassVar = "1"

    def outline(self, **specs) -> Spec:
        return Spec(Kind.TRACKS)

    def apply(self, **inputs):
        return Tracks.of(np.full((3, 2), np.nan), np.arange(3) / 30)

    @classmethod
    def example(cls):
        return {}


def test_a_recording_without_an_animal_is_refused():
    steps = {"usual": (Usual(), ON_FILM), "followed": (Followed(), {"values": "usual"})}
    with pytest.raises(Refusal, match="array: no animal was found in any of 20 frames; check"):
        Analysis(FILM, recipe(steps, "followed")).answers()


class Laid(Followed):
    """An arena, for a recipe that has one to give."""

    gives: ClassVar = Kind.ARENA

    def outline(self, **specs) -> Spec:
        return Spec(Kind.ARENA)


def test_tracks_that_were_seen_will_do():
    class Walked(Followed):
        def apply(self, **inputs):
            return walk()

    steps = {"usual": (Usual(), ON_FILM), "walked": (Walked(), {"values": "usual"})}
    assert Analysis(FILM, recipe(steps, "walked")).answers()["walked"] == walk()


def test_a_part_without_an_animal_does_not_stop_the_other():
    pixels = np.concatenate([film_of_a_mouse(), np.full((60, 60, 60, 1), 200, np.uint8)], axis=2)
    windows = {"left": Window(0, 0, 60, 80), "right": Window(0, 80, 60, 60)}
    whole = fanned(recipes.load("open-field"), windows)
    analysis = Analysis(Recording.of(pixels), whole, parts=("left", "right"))
    answers = analysis.answers()
    assert set(analysis.refused) == {"right"}
    assert "no animal was found" in analysis.refused["right"].reason
    assert {name.partition("/")[0] for name in answers} == {"left"}
    alone = Analysis(Recording.of(pixels[:, :, :80]), recipes.load("open-field")).answers()
    assert answers["left/tracks"] == alone["tracks"]
    with pytest.raises(Refusal, match="no animal was found"):
        Analysis(Recording.of(pixels[:, :, 80:]), recipes.load("open-field")).answers()


def film_of_a_mouse() -> np.ndarray:
    scene = Scene(size=(60, 80), duration_s=2.0, noise_level=1.0)
    return np.stack([scene.image(t) for t in range(60)])[..., None]
