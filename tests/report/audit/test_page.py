import base64
import json
import re
import shutil
import subprocess
from importlib.resources import files

import pytest

from ethoframe.data import Refusal
from ethoframe.report.audit.page import Audit, write_audit
from ethoframe.report.audit.results import results_in


@pytest.fixture
def audited(result, out):
    """Six clips of two recordings, the second without a mark."""
    result("group_a/saline.mp4")
    result("group_b/drug.mp4", unseen=slice(None))
    audit = Audit(results_in(out), 6, 1.0, 0, "ethoframe audit out --answers audit.csv")
    assert write_audit(out / "audit", audit) == 6
    page = (out / "audit" / "audit.html").read_text(encoding="utf-8")
    return page, json.loads((out / "audit" / "key.json").read_text(encoding="utf-8"))


def told(page):
    return json.loads(re.search(r'id="given">(.*?)</script>', page, re.S).group(1))


def test_the_page_is_blind_and_the_key_is_not(audited):
    page, key = audited
    given = told(page)
    films = [base64.b64decode(clip.pop("film").partition(",")[2]) for clip in given["clips"]]
    for word in ("saline", "drug", "group", "_a/", "start_s"):
        assert word not in page.split("<script>")[0]
        assert all(word.encode() not in film for film in films)
    assert [clip["clip"] for clip in given["clips"]] == [clip["clip"] for clip in key["clips"]]
    whose = {clip["clip"]: clip["recording"] for clip in key["clips"]}
    assert sorted(whose.values()) == ["group_a/saline.mp4"] * 3 + ["group_b/drug.mp4"] * 3
    for clip in given["clips"]:
        assert clip["marked"] == ("saline" in whose[clip["clip"]])


def test_the_page_needs_no_network(audited):
    page, _ = audited
    assert not re.search(r"https?://", page)
    assert "default-src 'none'" in page
    assert "media-src data:" in page


def test_another_audit_is_told_apart(result, out):
    result("a.mp4")
    found = results_in(out)
    one, other = (Audit(found, 6, 1.0, seed, "") for seed in (0, 1))
    assert one.identity != other.identity
    assert one.identity == Audit(found, 6, 1.0, 0, "else").identity


def test_a_missing_video_leaves_nothing_behind(result, out, tmp_path):
    result("a.mp4")
    shutil.rmtree(tmp_path / "videos")
    with pytest.raises(Refusal, match="not where it was"):
        write_audit(out / "audit", Audit(results_in(out), 2, 1.0, 0, ""))
    assert not (out / "audit").exists()


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the page's script in Node")
def test_the_answers_as_the_page_writes_them():
    text = files("ethoframe.report.audit").joinpath("audit.js").read_text(encoding="utf-8")
    (function,) = re.findall(r"^function csvOf.*?^}", text, re.S | re.M)
    program = (
        'const given = { id: "x1" }; const clips = [{ clip: "a" }, { clip: "b" }, { clip: "c" }];'
        f'{function}; process.stdout.write(csvOf({{ c: "?", a: "y" }}));'
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, check=True, timeout=60)
    assert done.stdout == b"audit,clip,answer\r\nx1,a,y\r\nx1,c,?\r\n"
