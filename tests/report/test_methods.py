from __future__ import annotations

from dataclasses import replace

from ethoframe.report.methods import methods


def test_the_command_is_exact(session):
    command = "ethoframe open-field 'a  b.mp4' --side 50cm"
    html = methods(replace(session, command=command))
    assert command.replace("'", "&#x27;") in html


def test_steps_may_be_a_list(session):
    steps = [{"name": "track", "method": "track/silhouette", "version": "1"}, "not a step"]
    html = methods(replace(session, provenance={"steps": steps}))
    assert html.count("<tr>") == 2
    assert "track/silhouette" in html


def test_parameters_and_fingerprints_are_told(session):
    html = methods(session)
    assert "lost_s = <b>1.0</b>" in html
    assert "ab12" in html
    assert "ff00" in html
