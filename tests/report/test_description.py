from __future__ import annotations

import json

import numpy as np

from ethoframe.data import Recording
from ethoframe.formats import video
from ethoframe.report.description import GAPS_TOLD, as_text, describe


def recording(times_s, **more) -> Recording:
    told = {"name": "mouse 1.mp4", "source": None, "size": (480, 640), "identity": "a1"}
    return Recording(**told, times_s=np.asarray(times_s), dtype=np.dtype(np.uint8), **more)


def test_all_of_it_is_json():
    facts = {"rate": float("nan"), "count": np.int64(3), "codec": "h264", "level": None}
    found = describe(recording(np.arange(4) / 10, facts=facts, spacing_mm=(0.5, 0.25)))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["file"] == {"rate": None, "count": 3, "codec": "h264", "level": None}
    assert found["pixel_size_mm"] == [0.5, 0.25]
    assert found["axes"] == ["t", "y", "x", "c"]
    assert found["shape"] == [4, 480, 640, 1]


def test_the_clock_is_told():
    times_s = np.delete(np.arange(100), [10, 20, 21]) / 10
    clock = describe(recording(times_s))["clock"]
    assert (clock["first_s"], clock["last_s"], clock["variable"]) == (0.0, 9.9, True)
    assert clock["gap_count"] == 2
    assert clock["gaps"][0] == {"after_frame": 9, "seconds": 0.2}
    assert clock["longest_gap"] == {"after_frame": 18, "seconds": 0.3}
    text = as_text(describe(recording(times_s)))
    assert "variable: first 0 s, last 9.9 s, median step 100 ms" in text
    assert "2 gaps, the longest 0.3 s after frame 18" in text


def test_many_gaps_are_counted_and_some_are_listed():
    steps = np.tile([0.1, 0.1, 0.1, 0.5], 50)
    clock = describe(recording(np.cumsum(steps)))["clock"]
    assert clock["gap_count"] == 50
    assert len(clock["gaps"]) == GAPS_TOLD


def test_a_film(tmp_path):
    pictures = [np.full((48, 64), 5 * n, np.uint8) for n in range(10)]
    path = video.write(tmp_path / "mouse.mp4", pictures, rate=25)
    text = as_text(describe(video.read(path)))
    assert text.splitlines()[0] == "mouse.mp4"
    assert "10, numbered 0 to 9" in text
    assert "64 × 48 px (x × y), luma, 8 bits as uint8" in text
    assert "0.4 s at 25 frames per second" in text
    assert "luma range full" in text
    assert text.endswith("next        ethoframe open-field mouse.mp4 --side 40cm")


def test_labels_are_aligned_and_warnings_stand_before_the_next_step():
    text = as_text(describe(recording([0, 1], warnings=("cut\nshort", "interlaced"))))
    lines = text.splitlines()[1:]
    assert len({len(line) - len(line[2:].split("  ", 1)[1].lstrip()) for line in lines}) == 1
    assert [line.split()[0] for line in lines[-3:]] == ["warning", "warning", "next"]
    assert "cut short" in text
    assert "open-field 'mouse 1.mp4' --side" in text


def test_a_still_has_no_clock():
    text = as_text(describe(recording([0.0], spacing_mm=(0.5, 0.5))))
    assert "clock" not in text
    assert "0.5 × 0.5 mm (x × y)" in text
    assert text.endswith("ethoframe apply segment/watershed 'mouse 1.mp4'")
    assert "frames      1\n" in text
    turned = as_text(describe(recording([0.0], facts={"rotation": 90, "mirrored": True})))
    assert "90° clockwise, mirrored, applied" in turned


def test_no_frames_at_all():
    found = describe(recording([]))
    assert found["clock"]["first_s"] is None
    assert "frames      0\n" in as_text(found)
