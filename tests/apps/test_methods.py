from __future__ import annotations

import json

from ethoframe.contract.catalog import cards


def test_every_method_by_task(ethoframe):
    said = ethoframe("methods")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    for card in cards():
        (line,) = [line for line in lines if line.split()[:1] == [card.name]]
        assert line.endswith(f"→ {card.gives}")
        assert any(card.summary in line for line in lines)
    assert {card.name.split("/")[0] for card in cards()} <= set(lines)


def test_for_scripts(ethoframe):
    said = ethoframe("methods", "--json")
    found = json.loads(said.out)
    assert [each["name"] for each in found] == [card.name for card in cards()]
    assert found[0].keys() == {"name", "summary", "takes", "gives", "learned"}
