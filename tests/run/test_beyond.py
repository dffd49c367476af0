from __future__ import annotations

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import Correction, Corrections, Episodes, Recording, Refusal
from ethoframe.run.beyond import beyond, refuse_late
from ethoframe.run.places import Place
from ethoframe.testing.specimens import film

FILM = Recording.of(np.zeros((100, 4, 4, 1), np.uint8), rate=10.0, name="a.mp4")  # ends at 9.9 s
RECIPE = recipes.load("open-field")


def trial(from_s: float, lasts_s: float = 0.0) -> Place:
    return Place(settings={"trial.from_s": from_s, "trial.lasts_s": lasts_s})


def test_a_trial_after_the_end_is_refused():
    with pytest.raises(Refusal, match=r"starts at 12 s, and the recording ends at 9\.9 s"):
        refuse_late(FILM, RECIPE, trial(12.0))
    with pytest.raises(Refusal, match="starts at 12 s"):
        refuse_late(FILM, RECIPE.configured({"trial.from_s": 12.0}), Place())
    for place in (trial(9.0), trial(-1.0), Place()):
        refuse_late(FILM, RECIPE, place)


def events(*starts_s: float) -> Place:
    spans = np.array([[start, start + 1] for start in starts_s])
    return Place(given={"events": Episodes.of("tone", spans, np.array([[0.0, 100.0]]))})


def corrected(start_s: float) -> Place:
    row = Correction(start_s=start_s, stop_s=start_s + 1, what="ignore")
    return Place(given={"corrections": Corrections((row,))})


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (trial(2.0, 7.0), []),
        (trial(2.0, 60.0), ["was to last 60 s, and the recording ends 7.9 s after its start"]),
        (trial(-1.0, 60.0), []),  # when it starts is not known yet
        (events(1.0), []),
        (events(1.0, 30.0), ["1 of 2 events start after the recording ends"]),
        (corrected(60.0), ["1 of 1 corrections are of a time after the recording ends"]),
    ],
)
def test_what_the_recording_is_too_short_for(place, says):
    told = list(beyond(FILM, RECIPE, place))
    assert len(told) == len(says)
    assert all(words in line for words, line in zip(says, told, strict=True))


def test_a_recipe_without_a_trial():
    bare = recipes.load("open-field")
    steps = tuple(step for step in bare.steps if step.name != "trial")
    refuse_late(film(), type(bare)(**{**vars(bare), "steps": steps}), Place())
