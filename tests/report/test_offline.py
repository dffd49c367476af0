import base64
import hashlib
import json
import re

import pytest

from ethoframe.report.offline import offline


@pytest.fixture
def page():
    given = {"name": "</script><!--", "ü": [1, None]}
    return offline("ethoframe.report.audit", "audit", "a <b> & c", ("audit.js",), given)


def test_only_its_own_script_may_run(page):
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert script.startswith('"use strict";')
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_what_it_knows_cannot_end_its_element(page):
    given = re.search(r'id="given">(.*?)</script>', page, re.S).group(1)
    assert json.loads(given) == {"name": "</script><!--", "ü": [1, None]}
    assert "<" not in given
    assert "<title>a &lt;b&gt; &amp; c</title>" in page


def test_no_number_that_json_does_not_know():
    with pytest.raises(ValueError, match="JSON"):
        offline("ethoframe.report.audit", "audit", "", (), {"x": float("nan")})
