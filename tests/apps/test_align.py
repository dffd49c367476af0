from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.formats import timestamps, video
from ethoframe.testing.scenes import SCENES

RATE, SECONDS = 30.0, 24.0
EXPOSED_S = 0.6 / RATE
OFFSET_S, DRIFT = 812.3456, 250e-6
LIGHT = "104,4,12x10"


def filmed(path, on_s, lasting_s=0.15):
    """A mouse, and a lamp that is lit from these times of the video's clock."""
    scene = replace(SCENES["open_field"], duration_s=SECONDS, size=(96, 128), noise_level=3.0)

    def images():
        for number, time_s in enumerate(scene.times_s):
            picture = scene.image(number).copy()
            # How much of the exposure, which has the frame's time in its middle, was lit.
            low, high = time_s - EXPOSED_S / 2, time_s + EXPOSED_S / 2
            lit = np.clip(np.minimum(high, on_s + lasting_s) - np.maximum(low, on_s), 0, None)
            picture[6:12, 106:114] = 60 + round(170 * lit.sum() / EXPOSED_S)
            yield picture

    return video.write(path, images(), rate=RATE)


def there(time_s):
    return OFFSET_S + (1 + DRIFT) * time_s


@pytest.fixture(scope="module")
def blinks():
    """Irregular times on the video's clock, from before it began until after it ended."""
    return -20 + np.cumsum(np.random.default_rng(5).uniform(0.3, 1.2, 90))


@pytest.fixture(scope="module")
def blinking(blinks, tmp_path_factory):
    """The mouse with a lamp that failed twice."""
    seen = np.delete(blinks, np.flatnonzero(blinks > 3)[[2, 9]])
    return filmed(tmp_path_factory.mktemp("blinking") / "mouse.mp4", seen)


@pytest.fixture
def ttl(here, blinks):
    """What the other computer wrote down: two pulses are missing."""
    path = here / "ttl.csv"
    kept = np.delete(blinks, np.flatnonzero(blinks > 8)[[1, 5]])
    lines = [f"{1e3 * there(time):.3f},1\n{1e3 * there(time) + 150:.3f},0\n" for time in kept]
    path.write_text("time (ms),state\n" + "".join(lines), encoding="utf-8")
    return path


def test_every_frame_gets_its_time_on_the_other_clock(ethoframe, blinking, ttl, here):
    said = ethoframe("align", blinking, "--light", LIGHT, "--pulses", ttl, "--out", "cam.csv")
    assert (said.status, said.err) == (0, "")
    assert "outside time = 812.3" in said.out
    assert f"ethoframe open-field {blinking} --timestamps cam.csv" in said.out
    recording, times_s = formats.read(blinking), timestamps.read(here / "cam.csv")
    assert np.abs(times_s - there(recording.times_s)).max() < 0.1 / RATE
    told = timestamps.clocked(recording, times_s, here / "cam.csv")
    assert told.facts["times from"] == "cam.csv"
    with (here / "cam.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == ["frame", "time_s"]


def test_for_scripts(ethoframe, blinking, ttl, blinks):
    said = ethoframe("align", blinking, "--light", LIGHT, "--pulses", ttl, "--json")
    told = json.loads(said.out)
    inside = np.count_nonzero((blinks > 0) & (blinks < SECONDS))
    assert told["offset_s"] == pytest.approx(OFFSET_S, abs=0.2 / RATE)
    assert told["drift_ppm"] == pytest.approx(1e6 * DRIFT, abs=4 * told["drift_error_ppm"])
    assert told["drift_error_ppm"] < 300
    assert told["residual_ms"] < 300 / RATE
    assert told["worst_ms"] < 500 / RATE
    assert told["matched"] == inside - 4
    assert (told["blinks"], told["pulses"]) == (inside - 2, len(blinks) - 2)
    assert (told["blinks without a pulse"], told["pulses without a blink"]) == (2, 2)
    assert told["written"] is None


def test_pulses_at_regular_intervals_leave_a_choice(ethoframe, here, tmp_path_factory):
    beats = np.arange(0.51, SECONDS, 1.0)
    path = filmed(tmp_path_factory.mktemp("regular") / "mouse.mp4", beats)
    (here / "ttl.csv").write_text("\n".join(f"{t:.4f}" for t in there(np.arange(-9.49, 40))))
    asked = ("align", path, "--light", LIGHT, "--pulses", "ttl.csv")
    said = ethoframe(*asked)
    assert said.status == 3
    assert "several offsets fit the pulses equally well" in said.err
    told = json.loads(ethoframe(*asked, "--near", 812.2, "--within", 0.4, "--json").out)
    assert told["offset_s"] == pytest.approx(OFFSET_S, abs=0.5 / RATE)


@pytest.mark.parametrize(
    ("light", "status", "told"),
    [
        ("2,2,12x10", 3, "no lamp blinks in 12 × 10 px at column 2, row 2"),
        ("120,4,12x10", 3, "it reaches to column 132 and row 14 of a picture 128 × 96"),
        ("12x10", 2, "is no place; write it in pixels as 600,20,12x10"),
        ("1,2,0x10", 2, "is no place"),
    ],
)
def test_a_place_without_a_lamp_is_refused(ethoframe, blinking, ttl, light, status, told):
    said = ethoframe("align", blinking, "--light", light, "--pulses", ttl)
    assert said.status == status
    assert told in said.err


def test_pulses_of_another_recording_are_refused(ethoframe, blinking, here):
    other = np.cumsum(np.random.default_rng(77).uniform(0.3, 1.2, 60))
    (here / "ttl.csv").write_text("\n".join(f"{t:.4f}" for t in other))
    said = ethoframe("align", blinking, "--light", LIGHT, "--pulses", "ttl.csv")
    assert said.status == 3
    assert "at the best" in said.err or "several offsets" in said.err
