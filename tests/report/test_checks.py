from __future__ import annotations

import math

from ethoframe.data import Check, Verdict
from ethoframe.report.checks import checks_table, limits, reasons, reasons_list, told

LOST = Check(
    name="animal lost", value=4.1234, unit="%", look=2.0, fail=20.0, moments_s=(12.34, 71.0),
    says="of the time it was not found",
)  # fmt: skip
SMALL = Check(
    name="too small", value=2.0, unit="px", look=5.0, fail=2.5, says="is its width <in> px"
)
FLOOR = Check(name="no floor found", value=1.0, unit="", look=1.0, says="its whereabouts stand in")
FINE = Check(name="jumps", value=0.0, unit="%", look=0.1, fail=1.0, moments_s=(3.0,), says="steps")


def test_a_check_is_told_with_its_number() -> None:
    assert told(LOST) == "animal lost: 4.12 % of the time it was not found"
    assert told(FLOOR) == "no floor found: its whereabouts stand in"
    assert told(Check(name="hand", value=math.nan, unit="%", look=1.0)) == "hand: – %"


def test_limits_say_which_side_is_bad() -> None:
    assert limits(LOST) == "look at 2 % or more, failed at 20 % or more"
    assert limits(SMALL) == "look at 5 px or less, failed at 2.5 px or less"
    assert limits(Check(name="head", value=1, unit="%", look=25)) == "look at 25 % or more"
    assert limits(FLOOR) == ""


def test_reasons_are_the_gravest_first() -> None:
    verdict = Verdict((LOST, FINE, SMALL))
    assert reasons(verdict) == (told(SMALL), told(LOST))
    assert reasons(None) == ()
    listed = reasons_list(verdict)
    assert listed.index("too small") < listed.index("animal lost")
    assert "worst at 0:12.3, 1:11.0" in listed
    assert "jumps" not in listed


def test_the_table_holds_every_check_and_nothing_unescaped() -> None:
    table = checks_table(Verdict((LOST, FINE, SMALL, FLOOR)))
    assert table.count("<tr>") == 5
    assert "&lt;in&gt;" in table
    assert 'class="failed">failed' in table
    assert "0:03" not in table  # what is good has no moment worth looking at
    assert "Nobody judged" in checks_table(None)
