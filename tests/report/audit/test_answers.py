import json

import pytest

from ethoframe.data import Refusal, Row, Sheet
from ethoframe.report.audit.answers import judged
from ethoframe.score.detection import by_group

CLIPS = [("a", "m1.mp4", "left", 1.0), ("b", "m1.mp4", "right", 0.4), ("c", "day2/m2.mp4", "", 0.0)]


@pytest.fixture
def folder(tmp_path):
    names = ("clip", "recording", "arena", "marked")
    key = {"audit": "x1", "clips": [dict(zip(names, clip, strict=True)) for clip in CLIPS]}
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    return tmp_path


@pytest.fixture
def answered(folder):
    def read(text, sheet=None):
        (folder / "audit.csv").write_text(text, encoding="utf-8")
        return judged(folder / "audit.csv", folder, sheet)

    return read


def test_answers_meet_their_clips(answered):
    found = answered("audit,clip,answer\r\nx1,a,y\r\nx1,b,n\r\nx1,c,n\r\n")
    told = [(each.recording, each.marked, each.right) for each in found.judged]
    assert told == [("m1.mp4", True, True), ("m1.mp4", True, False), ("day2/m2.mp4", False, False)]
    assert (found.unsure, found.open) == (0, 0)


def test_what_is_open_or_unsure_is_counted_and_the_later_answer_holds(answered):
    found = answered("audit,clip,answer\nx1,a,y\nx1,b,?\n\nx1,a,N\n")
    assert [each.right for each in found.judged] == [False]
    assert (found.unsure, found.open) == (1, 1)


def test_a_spreadsheet_may_have_been_there(answered):
    found = answered("\ufeffaudit;clip;answer\r\nx1;a;y\r\nx1;c;y;;\r\n")
    assert [each.right for each in found.judged] == [True, True]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "first line"),
        ("clip,answer\na,y\n", "first line"),
        ("audit,clip,answer\nx2,a,y\n", "line 2: is the answer to another audit"),
        ("audit,clip,answer\nx1,a,y\nx1,z,y\n", "line 3: is the answer to another audit"),
        ("audit,clip,answer\nx1,a,maybe\n", "'maybe' is no answer"),
        ("audit,clip,answer\nx1,a\n", "'' is no answer"),
    ],
)
def test_what_cannot_be_counted_is_refused(answered, text, says):
    with pytest.raises(Refusal, match=says):
        answered(text)


def test_a_missing_or_broken_key_is_told(answered, folder):
    (folder / "key.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Refusal, match="as the audit left it"):
        answered("audit,clip,answer\n")
    (folder / "key.json").unlink()
    with pytest.raises(Refusal, match="key to the clips"):
        answered("audit,clip,answer\n")


def test_groups_are_those_of_the_sheet(answered):
    rows = (
        Row(line=2, video=("m1.mp4",), arena="Left", group="saline"),
        Row(line=3, video=("m1.mp4",), arena="right", group="drug"),
        Row(line=4, video=(r"Day2\m2",), group="drug"),
    )
    text = "audit,clip,answer\nx1,a,y\nx1,b,y\nx1,c,y\n"
    found = answered(text, Sheet("animals.csv", rows))
    assert [each.group for each in found.judged] == ["saline", "drug", "drug"]
    assert by_group(found.judged)["drug"].precision.of == 1
    with pytest.raises(Refusal, match="no row"):
        answered(text, Sheet("animals.csv", rows[:2]))
    with pytest.raises(Refusal, match="two groups"):
        answered(text, Sheet("animals.csv", (*rows, Row(line=5, video=("m2.mp4",), group="x"))))
