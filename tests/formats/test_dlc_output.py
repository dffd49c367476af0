from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal, Tracks
from ethoframe.formats import dlc, video
from ethoframe.formats.dlc import text
from ethoframe.formats.dlc.literals import literal

HEADING = "scorer,N,N,N,N,N,N\nbodyparts,a,a,a,b,b,b\ncoords,x,y,likelihood,x,y,likelihood\n"


@pytest.fixture
def output(tmp_path):
    def wrote(text: str):
        path = tmp_path / "filmDLC_resnet50_demo.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return wrote


def test_likelihood_is_confidence(output):
    tracks = dlc.read_tracks(output(HEADING + "0,1,2,0.5,3,4,1\n1,5,6,0.25,,,\n"), rate=10)
    assert tracks.at("a").tolist() == [[1, 2], [5, 6]]
    assert tracks.confidence[:, :, 0].tolist() == [[0.5, 1], [0.25, 0]]
    assert np.isnan(tracks.at("b")[1]).all()
    assert (tracks.numbers.tolist(), tracks.times_s.tolist()) == ([0, 1], [0, 0.1])
    assert (tracks.individuals, tracks.unit) == (("animal",), "px")


def test_the_clock_must_be_known(output):
    path = output(HEADING + "0,1,2,0.5,3,4,1\n3,5,6,0.25,,,\n")
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        dlc.read_tracks(path)
    own = np.array([0.0, 0.1, 0.3, 0.7])
    assert dlc.read_tracks(path, times_s=own).times_s.tolist() == [0, 0.7]
    with pytest.raises(Refusal, match="it tells of frame 3, and the film has 3 frames"):
        dlc.read_tracks(path, times_s=own[:3])


def test_rows_out_of_order_and_twice(output):
    tracks = dlc.read_tracks(output(HEADING + "2,1,2,1,3,4,1\n0,5,6,1,7,8,1\n"), rate=1)
    assert tracks.numbers.tolist() == [0, 2]
    assert tracks.at("a").tolist() == [[5, 6], [1, 2]]
    with pytest.raises(Refusal, match="two rows are of one frame"):
        dlc.read_tracks(output(HEADING + "2,1,2,1,3,4,1\n2,5,6,1,7,8,1\n"), rate=1)
    with pytest.raises(Refusal, match="its rows are not numbered"):
        dlc.read_tracks(output(HEADING + "a.png,1,2,1,3,4,1\n"), rate=1)


def test_a_last_line_that_is_cut_off(output):
    whole = HEADING + "0,1,2,0.99,3,4,0.99\n1,5,6,0.99,7,8,0.98\n2,5,6,0.99,7,8,0.99"
    assert len(dlc.read_tracks(output(whole), rate=1)) == 3
    for cut, end in ((-1, "'0.9'"), (-3, "'0'"), (-4, "''")):
        with pytest.raises(Refusal, match=f"line 6 is cut off: it ends in {end}"):
            dlc.read_tracks(output(whole[:cut]), rate=1)
    with pytest.raises(Refusal, match="line 6 has 6 cells, and the heading 7"):
        dlc.read_tracks(output(whole[:-5]), rate=1)
    assert len(dlc.read_tracks(output(whole[:-3] + "\n"), rate=1)) == 3
    assert len(dlc.read_tracks(output(HEADING + "0,1,2,0.99,3,4,0"), rate=1)) == 1


def test_labels_are_no_tracks(output):
    path = output("scorer,A,A\nbodyparts,n,n\ncoords,x,y\nlabeled-data/a/img1.png,1,2\n")
    with pytest.raises(Refusal, match="it tells no likelihood"):
        dlc.read_tracks(path, rate=30)


@pytest.mark.parametrize(
    "rows",
    [
        "0,1,2,0.5,3,4,1\n",
        "0,1.25e2,-2,0.5,,nan,\n\n7,1,2,0.5,3,4,1\n",
        "0,1,2,0.5,3,4,1\r\n1,1,2,0.5,3,4,1\r\n",
        '0,"1","2",0.5,3,4,1\n,,,,,,\n',
    ],
)
def test_a_table_is_the_same_read_at_once_and_cell_by_cell(output, monkeypatch, rows):
    path = output(HEADING + rows)
    found = dlc.read_tracks(path, rate=10)
    monkeypatch.setattr(text, "_of_numbers", lambda path: None)
    assert dlc.read_tracks(path, rate=10) == found


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("0,1,2,0.5,3,4,1\n1,1,2,high,3,4,1\n", "line 5: 'high' is no number"),
        ("0,1,2,0.5,3,4,1\n1,1,2,NA,3,4,1\n", "line 5: 'NA' is no number"),
        ("0,1,2,0.5,3,4\n", "line 4 has 6 cells, and the heading 7"),
    ],
)
def test_an_odd_cell_is_named(output, rows, reason):
    with pytest.raises(Refusal, match=reason):
        dlc.read_tracks(output(HEADING + rows), rate=10)


def walk(who: tuple[str, ...]) -> Tracks:
    rng = np.random.default_rng(0)
    position = rng.random((6, 2, 3, len(who))) * 100
    position[2, :, 1, 0] = np.nan
    if "single" in who:  # what a picture has once is no keypoint of an animal
        position[:, :, 2, :-1] = np.nan
        position[:, :, :2, -1] = np.nan
    seen = np.isfinite(position).all(axis=1)
    numbers = np.array([0, 1, 2, 5, 6, 9])
    sure = np.where(seen, rng.random(seen.shape), 0.0)
    return Tracks(position, sure, numbers, numbers / 25, ("nose", "tail", "corner"), who)


@pytest.mark.parametrize("suffix", [".csv", ".h5"])
@pytest.mark.parametrize("who", [("animal",), ("m1",), ("a", "b"), ("a", "b", "single")])
def test_what_is_written_comes_back_and_opens_in_pandas(tmp_path, suffix, who):
    import pandas as pd

    path = tmp_path / f"film{suffix}"
    told = dlc.write_tracks(walk(who), path, scorer="DLC_net")
    assert told == ("the clock is not kept: such a table numbers frames",)
    assert formats.read_tracks(path, rate=25) == walk(who)
    levels = 3 if who == ("animal",) else 4
    if suffix == ".h5":
        frame = pd.read_hdf(path)
    else:
        frame = pd.read_csv(path, header=[*range(levels)], index_col=0)
    assert frame.index.tolist() == walk(who).numbers.tolist()
    assert frame.columns.names[0] == "scorer"
    assert frame.columns.names[-2:] == ["bodyparts", "coords"]
    place = [("DLC_net", *who[:1] * (levels == 4), "nose", axis) for axis in "xy"]
    assert np.array_equal(frame[place].to_numpy(), walk(who).at("nose"))


def test_only_px_are_written(tmp_path):
    metric = replace(walk(("animal",)), unit="mm")
    with pytest.raises(Refusal, match="the tracks are in mm, and a DeepLabCut table holds px"):
        dlc.write_tracks(metric, tmp_path / "a.csv")
    with pytest.raises(Refusal, match=r"let it end in \.csv or \.h5"):
        dlc.write_tracks(walk(("animal",)), tmp_path / "a.txt")


@pytest.mark.parametrize("laid", ["fixed", "table"])
@pytest.mark.parametrize("who", [(), ("one", "two")])
def test_both_layouts_of_pandas(tmp_path, laid, who):
    import pandas as pd

    levels = [["N"], *([list(who)] if who else []), ["nose", "tail"], ["x", "y", "likelihood"]]
    names = ["scorer", *(["individuals"] if who else []), "bodyparts", "coords"]
    columns = pd.MultiIndex.from_product(levels, names=names)
    values = np.random.default_rng(0).random((5, len(columns)))
    values[1, 3:] = np.nan
    frame = pd.DataFrame(values, columns=columns)
    frame[columns[-1]] = [1, 0, 1, 0, 1]  # whole numbers are a block of their own
    path = tmp_path / "filmDLC.h5"
    frame.to_hdf(path, key="df_with_missing", mode="w", format=laid)
    frame.to_csv(path.with_suffix(".csv"))
    tracks = dlc.read_tracks(path, rate=30)
    assert tracks == dlc.read_tracks(path.with_suffix(".csv"), rate=30)
    assert tracks.individuals == (who or ("animal",))
    assert tracks.keypoints == ("nose", "tail")
    assert np.array_equal(tracks.at("nose")[2:], values[2:, :2])
    assert tracks.confidence[2, 1, 0] == values[2, 5] if who else 1


def test_only_plain_values_are_followed():
    import pickle

    for value in ([("a", 1, 2.5), ("é\n", -3, None)], {"names": ["x"], 7: ()}, "N.", ()):
        assert literal(pickle.dumps(value, 0)) == value
    for told in (b"", b"(lp0\n", b"a.", b"g7\n.", b"cbuiltins\nprint\n(V1\ntR.", b"\xff"):
        with pytest.raises(ValueError, match="these bytes spell no plain value"):
            literal(told)


def test_real_outputs(shared):
    (path,) = (shared / "data/openfield/videos").glob("*.h5")
    film = video.read(path.parent / "m3v1mp4.mp4")
    tracks = dlc.read_tracks(path, times_s=film.times_s)
    assert len(tracks) == len(film) == 2330
    assert np.array_equal(tracks.times_s, film.times_s)
    assert tracks.confidence.mean() == pytest.approx(0.9557, abs=1e-4)
    pair = shared / "data/social/dlc"
    two = dlc.read_tracks(next(pair.glob("*.csv")), rate=30)
    assert two.position.shape == (5700, 2, 7, 2)
    assert two.individuals == ("adult", "juvenile")
    assert two.at("nose", "adult")[0].tolist() == [606.248, 718.07]
