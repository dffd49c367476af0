from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Episodes, Refusal
from ethoframe.run.followed import followed, matched
from ethoframe.run.inputs import Reading

TRACKS = "scorer,net,net,net,net,net,net\nbodyparts,nose,nose,nose,tail,tail,tail\n"
TRACKS += "coords,x,y,likelihood,x,y,likelihood\n"
TRACKS += "".join(f"{n},{n},5,0.9,{n},9,0.9\n" for n in range(30))


def test_names_are_alike_when_one_begins_with_the_other():
    files = [Path(f"{name}DLC_resnet50_x.csv") for name in ("day1_m1", "day1_m12", "day2_m1")]
    told = matched(["day1_m12_reencode", "day2_m1", "day9"], files)
    assert told == {"day1_m12_reencode": files[1], "day2_m1": files[2]}
    assert matched(["a"], [Path("b.csv")]) == {"a": Path("b.csv")}
    with pytest.raises(Refusal, match="none of the tracks"):
        matched(["a", "b"], [Path("c.csv")])
    with pytest.raises(Refusal, match="may be any of"):
        matched(["m1", "m2"], [Path("m1DLC_a.csv"), Path("m1DLC_b.csv")])


def test_episodes_and_tracks_become_labels(tmp_path):
    (tmp_path / "m1DLC_net.csv").write_text(TRACKS)
    table = tmp_path / "episodes.csv"
    rows = ["m1,rear,0.1,0.5,AB", "m1,support,0,1,AB", "m1,rear,0.2,0.5,CD", "m2,rear,0,1,AB"]
    table.write_text("recording,label,start_s,stop_s,author\n" + "\n".join(rows) + "\n")
    reading = Reading(rate=30.0)
    labels = followed([table], [tmp_path / "m1DLC_net.csv"], reading)
    assert [part.author for part in labels.parts] == ["AB", "CD"]
    first = labels.parts[0]
    assert isinstance(first.said, Episodes)
    assert first.film == "m1"
    assert first.tracks is not None
    assert len(first.tracks) == len(first.recording) == 30
    np.testing.assert_allclose(first.said.spans("rear"), [[0.1, 0.5]])
    assert any("no tracks of m2" in line for line in labels.warnings)
    one = followed([table], [tmp_path / "m1DLC_net.csv"], reading, author="CD")
    assert [part.author for part in one.parts] == ["CD"]
    with pytest.raises(Refusal, match="there are: AB, CD"):
        followed([table], [tmp_path / "m1DLC_net.csv"], reading, author="XY")
