from __future__ import annotations

import pytest

from ethoframe.data import Measure, Measures, Refusal, Row, Sheet
from ethoframe.formats.table import write_measures
from ethoframe.run.query import asked

HEAD = "recording,individual,quantity,value,unit\n"


@pytest.fixture
def study(tmp_path):
    for name, value in (("day 1/m1", 2.5), ("day 1/m2", 4.0), ("m'3", 7.5)):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "measures.csv").write_text(
            f"{HEAD}{folder.name},animal,distance,{value},mm\n{folder.name},animal,speed,,mm/s\n"
        )
    (tmp_path / "measures.csv").write_text(f"{HEAD}all,animal,distance,99,mm\n")
    (tmp_path / "m'3" / "episodes.csv").write_text(
        "recording,individual,label,start_s,stop_s\nm3,animal,rear,1,2\n"
    )
    return tmp_path


def test_every_table_below_is_one_and_knows_its_folder(study) -> None:
    told = asked(study, "select folder, value from measures where quantity='distance' order by 1")
    assert told.columns == ("folder", "value")
    assert told.rows == (("day 1/m1", 2.5), ("day 1/m2", 4.0), ("m'3", 7.5))
    assert asked(study, "select value from measures where quantity='speed'").rows == ((None,),) * 3
    assert asked(study, "select label, stop_s - start_s s from episodes").plain() == [
        {"label": "rear", "s": 1.0}
    ]


def test_animals_come_from_the_sheet_only(study) -> None:
    rows = (
        Row(line=2, video=("m1.mp4",), subject="m1", group="drug", others={"dose": "3"}),
        Row(line=3, video=("m2.mp4",), subject="m2", group="saline"),
    )
    sql = (
        'select a."group", value from measures join animals a on recording = a.subject '
        "where quantity = 'distance' order by 1"
    )
    with pytest.raises(Refusal, match=r"animals.*the tables are: measures, episodes"):
        asked(study, sql)
    sheet = Sheet("animals.csv", rows)
    assert asked(study, sql, sheet).rows == (("drug", 2.5), ("saline", 4.0))
    assert asked(study, "select dose from animals", sheet).rows == (("3",), (None,))


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("select 1; select 2", "no single question"),
        ("copy measures to 'x.csv'", "no single question"),
        ("drop view measures", "no single question"),
        ("", "nothing"),
        ("selec 1", "write one SELECT"),
        ("select nobody from measures", "nobody"),
    ],
)
def test_a_question_changes_nothing_and_a_wrong_one_is_told(study, sql, reason) -> None:
    with pytest.raises(Refusal, match=reason) as told:
        asked(study, sql)
    assert "\n" not in str(told.value)


def test_where_there_is_nothing_to_ask(tmp_path) -> None:
    with pytest.raises(Refusal, match="holds no tables"):
        asked(tmp_path, "select 1")
    with pytest.raises(Refusal, match="no such folder"):
        asked(tmp_path / "x", "select 1")


def test_of_each_measure_the_whole_session_is_one_row(tmp_path) -> None:
    def row(name: str, value: float, until: float, during: str = "") -> Measure:
        return Measure(quantity=name, value=value, unit="mm", definition="", recording="m1",
                       bin_start_s=0.0, bin_stop_s=until, during=during)  # fmt: skip

    rows = (row("distance", 9.0, 600), row("distance", 1.0, 60), row("distance", 2.0, 900, "tone"))
    (tmp_path / "m1").mkdir()
    write_measures(tmp_path / "m1" / "measures.csv", Measures((*rows, row("depth", 3.0, 60))))
    told = asked(tmp_path, "select quantity, value from sessions order by 1")
    assert told.rows == (("depth", 3.0), ("distance", 9.0))


def test_bouts_are_episodes_of_behaviour(study) -> None:
    rows = ("support,0,60", "trial,5,60", "rear,1,2")
    text = "recording,label,start_s,stop_s\n" + "\n".join(f"m3,{row}" for row in rows)
    (study / "m'3" / "episodes.csv").write_text(text + "\n")
    assert asked(study, "select label from bouts").rows == (("rear",),)
    assert len(asked(study, "select label from episodes").rows) == 3
