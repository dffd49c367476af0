import numpy as np
import pytest

from ethoframe.data import Window
from ethoframe.formats import read
from ethoframe.report.audit import clips
from ethoframe.report.audit.clips import Clips
from ethoframe.report.audit.results import results_in


@pytest.fixture
def cutter(result, out):
    def make(window=None, **how):
        result("a.mp4", **how)
        (one,) = results_in(out)
        recording = one.open()
        shown = window or Window(0, 0, *recording.size)
        return Clips.of(recording, one.tracks(), shown)

    return make


def frames_of(clip, tmp_path):
    path = tmp_path / "cut.mp4"
    path.write_bytes(clip.content)
    return read(path)


def test_a_clip_has_every_frame_of_its_span(cutter, tmp_path):
    clip = cutter().cut(1.0, 3.0)
    shown = frames_of(clip, tmp_path)
    assert len(shown) == 40
    assert shown.times_s[[0, -1]] == pytest.approx([0.0, 39 / 20], abs=1e-4)
    assert clip.marked == 1


def test_the_mark_is_drawn_where_the_animal_was_found(cutter, tmp_path):
    cut = cutter(unseen=slice(60, 80))
    clip = cut.cut(2.0, 4.0)  # frames 40 to 79, of which the last twenty are without
    shown = frames_of(clip, tmp_path)
    assert clip.marked == pytest.approx(0.5)
    scale = shown.size[1] / 100
    marked, unmarked = shown.frames([10, 39]).pixels[..., 0].astype(float)
    x, y = (np.array([cut.tracks.at("centroid")[50]])[0] * scale).round().astype(int)
    assert marked[y - 9 : y + 10, x - 9 : x + 10].max() > 150  # its white rim
    assert unmarked.max() < 120  # only the fading line is left


def test_nothing_but_the_window_is_shown_and_no_clock(cutter, tmp_path):
    window = Window(10, 20, 30, 60)
    shown = frames_of(cutter(window).cut(0.0, 1.0), tmp_path)
    height, width = shown.size
    assert (height, width) == (60, 120)  # twice as large


def test_a_noisy_clip_stays_small(cutter, monkeypatch):
    cut = cutter()
    fine = len(cut.cut(0.0, 2.0).content)
    monkeypatch.setattr(clips, "MOST_BYTES", fine - 1)
    assert len(cut.cut(0.0, 2.0).content) < fine
