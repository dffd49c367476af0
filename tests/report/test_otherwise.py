from __future__ import annotations

from ethoframe.data import Measure, Measures
from ethoframe.report.otherwise import otherwise_table
from ethoframe.run.order import Otherwise


def measures(**values: float) -> Measures:
    span = {"bin_start_s": 0.0, "bin_stop_s": 60.0, "unit": "s", "definition": "x"}
    rows = []
    for name, value in values.items():
        name, _, during = name.partition("__")
        rows.append(Measure(quantity=name, value=value, during=during, **span))
    return Measures(tuple(rows))


USUAL = measures(time_freezing=20.0, bouts=3.0, bouts__tone=1.0, bouts__interval=2.0, distance=9.0)


def test_measures_under_each_definition():
    other = Otherwise(
        {
            "least 1 s": measures(time_freezing=15.0, bouts=3.0, bouts__tone=0.0),
            "<b> & more": measures(time_freezing=30.0, bouts__interval=9.0),
        }
    )
    text = otherwise_table(USUAL, other)
    assert "<details open><summary>Same data, 2 other definitions</summary>" in text
    assert "&lt;b&gt; &amp; more" in text
    assert "time freezing" in text
    assert "bouts during tone" in text
    # What none of them changes is left out, and so is the time between events.
    assert "distance" not in text
    assert "interval<" not in text
    assert text.count("<tr>") == 3


def test_nothing_to_tell():
    assert otherwise_table(USUAL, Otherwise()) == ""
    same = otherwise_table(USUAL, Otherwise({"least 1 s": measures(bouts=3.0)}))
    assert "By none of them any measure is another." in same
    none = otherwise_table(USUAL, Otherwise(lacking={"by nose": "there is no nose; name it"}))
    assert "<p>by nose: there is no nose.</p>" in none
