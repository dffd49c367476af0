"""The page of one method that was applied to tracks, and of an assay, on real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Tracks
from ethoframe.formats import dlc

BEAM = "data/gait/PCCD3_Mouse15_25mm_run3-6DLC_resnet50_SIMINewOct24shuffle1_200000.csv"
CONFIDENCE = ('id="confidence"', 'id="confidence-histogram"', 'id="step-histogram"')


def test_tracks_have_a_page_and_none_where_none_is_asked_for(ethoframe, here):
    t = np.arange(90) / 30
    position = np.stack([50 * t, 20 * t], axis=1)[:, :, None, None]
    sure = np.full((90, 1, 1), 0.9)
    sure[:30] = 0.2
    dlc.write_tracks(Tracks(position, sure, np.arange(90), t, ("body_centre",)), here / "m.csv")
    clock = ("--clock", "30fps")
    told = ethoframe("apply", "clean/gate", "m.csv", *clock, "--out", "out")
    assert told.status == 0, told.err
    text = Path("out/m/report.html").read_text("utf-8")
    assert all(key in text for key in CONFIDENCE)
    assert "33.3 % under 0.6" in text
    assert "66.7 % of frames (60 of 90)" in text
    ethoframe("apply", "clean/gate", "m.csv", *clock, "--out", "bare", "--no-report")
    assert not Path("bare/m/report.html").exists()


@pytest.mark.slow
def test_a_run_on_a_beam_tells_one_count_of_lost_frames_and_draws_its_steps(
    ethoframe, here, shared
):
    told = ethoframe("gait-run", str(shared / BEAM), "--clock", "100fps", "--out", "out")
    assert told.status == 0, told.err
    text = next(Path("out").rglob("report.html")).read_text("utf-8")
    assert 'id="gait"' in text
    assert "hind paw: 8 stances, 7 swings" in text
    assert "no place in 316 of 831 frames" in text
    assert "found in 62.0 % of frames (515 of 831)" in text
    assert all(key in text for key in CONFIDENCE)
    assert len(text) < 1_000_000
