from __future__ import annotations

from dataclasses import replace

from ethoframe.data import Measures
from ethoframe.report.methods import methods
from ethoframe.run.order import Otherwise


def test_the_command_is_exact(session):
    command = "ethoframe open-field 'a  b.mp4' --side 50cm"
    html = methods(replace(session, command=command))
    assert command.replace("'", "&#x27;") in html


def test_steps_may_be_a_list(session):
    steps = [{"name": "track", "method": "track/silhouette", "version": "1"}, "not a step"]
    html = methods(replace(session, provenance={"steps": steps}))
    assert html.count("<tr>") == 2
    assert "track/silhouette" in html


def test_other_definitions_are_named(session):
    assert "other definition" not in methods(session)
    other = Otherwise({"by nose": Measures(), "longer <2 s>": Measures()})
    html = methods(replace(session, otherwise=other))
    assert "2 other definitions as well: by nose; longer &lt;2 s&gt;." in html


def test_parameters_and_fingerprints_are_told(session):
    html = methods(session)
    assert "lost_s = <b>1.0</b>" in html
    assert "ab12" in html
    assert "ff00" in html
