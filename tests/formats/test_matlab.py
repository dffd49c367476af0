"""Bouts in MATLAB files."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from scipy.io import savemat

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import matlab


def newer(path, held):
    """A file of version 7.3 with structs of matrices and texts, as MATLAB lays it out."""

    def put(group, name, value):
        if isinstance(value, dict):
            node = group.create_group(name)
            for key, each in value.items():
                put(node, key, each)
            node.attrs["MATLAB_class"] = np.bytes_("struct")
        elif isinstance(value, str):
            node = group.create_dataset(name, data=np.array([[ord(sign)] for sign in value], "u2"))
            node.attrs["MATLAB_class"] = np.bytes_("char")
        else:
            node = group.create_dataset(name, data=np.asarray(value, np.float64).T)
            node.attrs["MATLAB_class"] = np.bytes_("double")

    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in held.items():
            put(file, name, value)
    with path.open("r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file, Platform: PCWIN64")


FREEZING = {"Bouts": [[1, 50], [101, 125]], "Vector": np.zeros((200, 1))}
BEHAVIOUR = {"TotalFrames": [[200]], "Freezing": FREEZING}


@pytest.mark.parametrize("write", [newer, savemat])
def test_what_behaviordepot_keeps(tmp_path, write):
    path = tmp_path / "hB_m1.mat"
    write(path, {"hBehavior": BEHAVIOUR})
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        formats.read_observations(path)
    seen = formats.read_observations(path, rate=50)
    assert (seen.recordings, seen.authors, seen.warnings) == (("m1",), ("",), ())
    assert seen.of("m1")[0].spans("Freezing").tolist() == [[0.0, 1.0], [2.0, 2.5]]
    assert seen.of("m1")[0].support_s.tolist() == [[0.0, 4.0]]


@pytest.mark.parametrize("write", [newer, savemat])
def test_a_rater_and_a_clock(tmp_path, write):
    path = tmp_path / "hB_expert1.mat"
    write(path, {"hBehavior": {**BEHAVIOUR, "VideoName": "day 1.avi", "FrameRate": [[25]]}})
    seen = formats.read_observations(path)
    assert (seen.recordings, seen.authors) == (("day 1",), ("expert1",))
    assert seen.of("day 1")[0].spans("Freezing").tolist() == [[0.0, 2.0], [4.0, 5.0]]
    assert formats.read_observations(path, rate=50).parts[0].episodes.stop_s[0] == 1.0


def test_a_folder_that_was_analysed(tmp_path):
    folder = tmp_path / "m1.avi_analyzed"
    folder.mkdir()
    savemat(folder / "Behavior.mat", {"Behavior": BEHAVIOUR})
    savemat(folder / "Params.mat", {"Params": {"Video": {"frameRate": 50}, "px2cm": 32}})
    seen = formats.read_observations(folder / "Behavior.mat")
    assert (seen.recordings, seen.authors) == (("m1",), ("BehaviorDEPOT",))
    assert seen.of("m1")[0].stop_s.tolist() == [1.0, 2.5]
    with pytest.raises(Refusal, match="it holds Params, and no bouts in it"):
        formats.read_observations(folder / "Params.mat")


def test_matrices_and_flags(tmp_path):
    savemat(tmp_path / "m.mat", {"rear": [[11, 20]], "freezing": [0, 1, 1, 0, 0, 1], "fps": 10})
    seen = formats.read_observations(tmp_path / "m.mat", rate=10)
    assert seen.of("m")[0].spans("rear").tolist() == [[1.0, 2.0]]
    assert seen.of("m")[0].spans("freezing").tolist() == [[0.1, 0.3], [0.5, 0.6]]


def test_no_bouts_at_all_is_an_answer(tmp_path):
    held = {"Freezing": {"Bouts": np.zeros((0, 2)), "Vector": np.zeros((100, 1))}}
    savemat(tmp_path / "m.mat", {"hBehavior": held})
    seen = formats.read_observations(tmp_path / "m.mat", rate=10)
    assert len(seen.of("m")[0]) == 0
    assert seen.of("m")[0].support_s.tolist() == [[0.0, 10.0]]


@pytest.mark.parametrize("bouts", [[[0, 5]], [[5, 3]], [[1.5, 3]], [[np.nan, 3]]])
def test_what_is_no_first_and_last_frame(tmp_path, bouts):
    savemat(tmp_path / "m.mat", {"hBehavior": {"Freezing": {"Bouts": bouts}}})
    with pytest.raises(Refusal, match="which is no first and last frame from 1 on"):
        matlab.read(tmp_path / "m.mat", rate=10)


def test_damage(tmp_path):
    for content in (b"", b"MATLAB 7.3 MAT-file", b"MATLAB 5.0 MAT-file" + b"\xff" * 400):
        (tmp_path / "m.mat").write_bytes(content)
        with pytest.raises(Refusal, match="it is no MATLAB file that can be read"):
            matlab.read(tmp_path / "m.mat", rate=10)


def test_real_files(shared):
    folder = shared / "data/freezing"
    four = {
        author: (len(part.episodes), round(part.episodes.total_s("Freezing"), 2))
        for author in ("expert1", "expert2", "expert3", "novice")
        for part in formats.read_observations(folder / f"demo7/hB_{author}.mat")
    }
    # As many frames as their vectors of zeros and ones have ones, at 50 fps.
    assert four == {
        "expert1": (20, 87.8),
        "expert2": (24, 97.24),
        "expert3": (24, 89.36),
        "novice": (13, 124.3),
    }
    human = formats.read_observations(
        folder / "demo1/hB_demo1_manual_annotations.mat.mat", rate=50
    ).parts[0]
    assert (len(human.episodes), human.episodes.support_s.tolist()) == (20, [[0.0, 120.0]])
    machine = formats.read_observations(folder / "demo1/demo1_video.avi_analyzed/Behavior.mat")
    assert (machine.recordings, machine.authors) == (("demo1_video",), ("BehaviorDEPOT",))
    assert machine.parts[0].episodes.total_s("Freezing") == pytest.approx(29.14)
    with pytest.raises(Refusal, match="demo1_annotations is a MATLAB object, which is not loaded"):
        formats.read_observations(folder / "demo1/demo1_manual_annotations.mat", rate=50)
    with pytest.raises(Refusal, match="no bouts in it"):
        formats.read_observations(folder / "demo7/IR_Results.mat", rate=50)
