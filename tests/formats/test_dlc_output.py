from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import dlc, video
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


def test_labels_are_no_tracks(output):
    path = output("scorer,A,A\nbodyparts,n,n\ncoords,x,y\nlabeled-data/a/img1.png,1,2\n")
    with pytest.raises(Refusal, match="it tells no likelihood"):
        dlc.read_tracks(path, rate=30)


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
