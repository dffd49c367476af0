import base64
import hashlib
import json
import re
import shutil
import subprocess
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Arena, Arenas, Frames, Zone
from ethoframe.data.lens import Lens
from ethoframe.formats import arena as arena_file
from ethoframe.report.drawing.page import SCRIPTS, Drawing, drawing_page

SIZE = (96, 128)
FLOOR = np.array([[14.0, 8.5], [114.25, 8.0], [114.0, 88.0], [14.0, 88.0]])
node = pytest.mark.skipif(shutil.which("node") is None, reason="runs the page's script in Node")


def scene() -> Frames:
    level = np.tile(np.linspace(60, 200, SIZE[1]), (SIZE[0], 1)).astype(np.float32)
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None]
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def drawn(**changes) -> str:
    return drawing_page(Drawing(**{"name": "mouse.mp4", "background": scene(), **changes}))


def told(page: str) -> dict:
    return json.loads(re.search(r'id="given">(.*?)</script>', page, re.S).group(1))


def script(*names: str) -> str:
    room = files("ethoframe.report.drawing")
    return "\n".join(room.joinpath(name).read_text(encoding="utf-8") for name in names)


def in_node(code: str, value: object) -> object:
    """What a piece of the page's own script makes of a value."""
    program = f'"use strict";{script("shapes.js", "toml.js")}\nconst value = JSON.parse('
    program += f"require('fs').readFileSync(0, 'utf-8'));\nconsole.log(JSON.stringify({code}));"
    done = subprocess.run(
        ["node", "-e", program], input=json.dumps(value), capture_output=True,
        encoding="utf-8", check=True, timeout=60,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_the_page_runs_its_own_script_and_nothing_else():
    page = drawn()
    policy = re.search(r"script-src 'sha256-(.*?)'", page).group(1)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts] == [
        policy
    ]
    addresses = set(re.findall(r"https?://[^\s\"'`]*", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "on=" not in page
    assert not re.search(r"\son\w+=", page.split("<script>")[0])


def test_a_name_cannot_break_out_of_the_page():
    page = drawn(name="</script><script>alert(1)</script>", command="a </script> b")
    assert "<script>alert" not in page
    assert told(page)["command"] == "a </script> b"


def test_what_is_known_is_drawn_already():
    round_floor = np.array(
        [[50 + 20 * np.cos(a), 40 + 20 * np.sin(a)] for a in np.arange(0, 6.28, 0.0628)]
    )
    zone = Zone("nest", FLOOR / 2, parts=(FLOOR / 3,))
    arenas = (
        Arena("rectangle", FLOOR, (400.0, 300.0), (zone,), name="left", walls=FLOOR + 1),
        Arena("circle", round_floor, name="right"),
    )
    page = told(drawn(arenas=arenas, sides_mm=(500.0, 0.0)))
    left, right = page["drawing"]["arenas"]
    assert page["size"] == [128, 96]
    assert left["sides"] == [400.0, 300.0]
    assert left["points"] == FLOOR.tolist()
    assert left["zones"][0]["parts_px"] == [np.round(FLOOR / 3, 2).tolist()]
    assert left["rest"][0].startswith("walls_px = [[15.0, 9.5]")
    assert right["points"] == pytest.approx(np.array([[50, 40], [70, 40]]), abs=0.02)
    assert right["sides"] == [500.0, 500.0]


def test_another_picture_or_drawing_is_remembered_apart():
    lens = Lens.of_picture(-0.1, SIZE)
    pages = [drawn(), drawn(name="rat.mp4"), drawn(arenas=(Arena("rectangle", FLOOR, lens=lens),))]
    assert len({told(page)["id"] for page in pages}) == 3
    assert told(drawn())["id"] == told(pages[0])["id"]
    assert told(pages[2])["drawing"]["rest"] == ["lens = -0.1"]


names = st.text(
    st.characters(codec="utf-8", exclude_characters='<>:"/\\|?*', exclude_categories=["C", "Z"]),
    min_size=1, max_size=12,
)  # fmt: skip
at = st.tuples(*[st.integers(-1000, 500_000).map(lambda n: n / 100)] * 2).map(list)
corners = st.lists(at, min_size=3, max_size=9, unique_by=tuple)
lengths = st.one_of(
    st.just([None, None]),
    st.lists(st.integers(1, 10**7).map(lambda n: n / 1000), min_size=2, max_size=2),
)


@st.composite
def figures(draw):
    shape = draw(st.sampled_from(["rectangle", "circle", "polygon"]))
    points = draw(corners)
    if shape == "rectangle":
        points = draw(st.lists(at, min_size=4, max_size=4, unique_by=tuple))
    if shape == "circle":
        middle, radius = points[0], draw(st.integers(100, 10**5)) / 100
        points = [middle, [middle[0] + radius, middle[1]]]
    return {"name": draw(names), "shape": shape, "points": points}


@st.composite
def drawings(draw):
    arenas = draw(
        st.lists(figures(), min_size=1, max_size=3, unique_by=lambda f: f["name"].casefold())
    )
    for arena in arenas:
        arena["sides"] = draw(lengths)
        arena["zones"] = draw(st.lists(figures(), max_size=2, unique_by=lambda f: f["name"]))
    return {"arenas": arenas}


@node
@given(many=st.lists(drawings(), min_size=10, max_size=20))
@settings(max_examples=4, deadline=None)
def test_the_file_that_is_drawn_is_read_as_it_was_drawn(tmp_path_factory, many):
    texts = in_node("value.map((drawing) => tomlOf(drawing, [640, 480]))", many)
    path = tmp_path_factory.mktemp("drawn") / "arena.toml"
    for drawing, text in zip(many, texts, strict=True):
        path.write_text(text, encoding="utf-8")
        read = arena_file.read_all(path)
        assert list(read.names) == [arena["name"].strip() for arena in drawing["arenas"]]
        for arena, floor in zip(drawing["arenas"], read, strict=True):
            assert floor.shape == arena["shape"]
            assert floor.picture == (480, 640)
            assert_outline(arena, floor.outline)
            sides = arena["sides"][:1] * 2 if arena["shape"] == "circle" else arena["sides"]
            assert floor.sides_mm == (None if None in sides else tuple(sides))
            assert [zone.name for zone in floor.zones] == [
                z["name"].strip() for z in arena["zones"]
            ]
            for zone, found in zip(arena["zones"], floor.zones, strict=True):
                assert_outline(zone, found.outline)


def assert_outline(figure: dict, outline: np.ndarray) -> None:
    points = np.array(figure["points"])
    if figure["shape"] != "circle":
        np.testing.assert_allclose(outline, points, atol=0.005)
        return
    radius = points[1, 0] - points[0, 0]
    away = np.hypot(*(outline - points[0]).T)
    np.testing.assert_allclose(away, radius, atol=0.02)


@node
def test_files_written_elsewhere_are_opened(tmp_path):
    zone = Zone("nest", FLOOR / 2, parts=(FLOOR / 3,), holes=(FLOOR / 4,))
    lens = Lens.of_picture(-0.125, SIZE)
    arenas = Arenas(
        (
            Arena("rectangle", FLOOR, (400.0, 300.0), (zone,), name="a", lens=lens, picture=SIZE),
            Arena("polygon", FLOOR[:3], name='"b" ü', walls=FLOOR, lens=lens, picture=SIZE),
        )
    )
    there, back = tmp_path / "there.toml", tmp_path / "back.toml"
    arena_file.write_all(there, arenas)
    by_hand = "# by hand\r\n" + there.read_text(encoding="utf-8").replace("\n", "  # so\r\n")
    text = in_node("tomlOf(drawingOf(value), [128, 96])", by_hand)
    back.write_text(text.replace(r"\"b\" ü", "b"), encoding="utf-8")
    again = arena_file.read_all(back)
    assert again.names == ("a", "b")
    for one, other in zip(arenas, again, strict=True):
        np.testing.assert_allclose(one.outline, other.outline, atol=0.005)
        assert one.lens == other.lens
        assert one.sides_mm == other.sides_mm
    np.testing.assert_allclose(again["b"].walls, FLOOR, atol=0.005)
    np.testing.assert_allclose(again["a"].zones[0].holes[0], FLOOR / 4, atol=0.005)


@node
def test_a_file_of_another_size_is_fitted_and_of_another_shape_refused(tmp_path):
    zone = Zone("nest", FLOOR / 2, parts=(FLOOR / 3,))
    floor = Arena("rectangle", FLOOR, (400.0, 300.0), (zone,), picture=SIZE)
    path = tmp_path / "arena.toml"
    arena_file.write(path, floor)
    text = in_node("tomlOf(resized(drawingOf(value), [256, 192]), [256, 192])", path.read_text())
    path.write_text(text, encoding="utf-8")
    read, larger = arena_file.read(path), floor.drawn_on((192, 256))
    np.testing.assert_allclose(read.outline, larger.outline, atol=0.006)
    np.testing.assert_allclose(read.zones[0].parts[0], larger.zones[0].parts[0], atol=0.006)
    code = "(() => { try { resized(drawingOf(value), [20, 19]); } catch (e) { return `${e}`; } })()"
    assert "256 × 192" in in_node(code, text)


@node
@pytest.mark.parametrize(
    "text", ["shape = ", "[[arenas]", "corners_px = [[1, 2]", "x y = 3", "n = 1 2"]
)
def test_what_is_no_toml_is_refused_with_its_line(text):
    code = "(() => { try { return drawingOf(value); } catch (error) { return error.message; } })()"
    assert in_node(code, "# line 1\n" + text) == "line 2 cannot be read"


@node
def test_what_a_reader_would_stumble_over_is_said():
    square = [[10, 10], [60, 10], [60, 60], [10, 60]]
    crossed = [square[0], square[2], square[1], square[3]]
    ok = {"name": "a", "shape": "rectangle", "points": square, "sides": [400, 400], "zones": []}
    past_the_wall = {"name": "z", "shape": "circle", "points": [[60, 60], [70, 60]]}
    cases = {
        "nothing": [ok],
        "crosses itself": [{**ok, "points": crossed}],
        "right, and in this order": [{**ok, "sides": [400, 200]}],
        "without a length": [{**ok, "sides": [None, None]}],
        "are called": [ok, {**ok, "name": "A", "points": [[p[0] + 60, p[1]] for p in square]}],
        "overlap": [ok, {**ok, "name": "b"}],
        "cannot be called so": [{**ok, "name": "a/b"}],
        "beyond the floor": [{**ok, "zones": [past_the_wall]}],
        "outside the picture": [{**ok, "points": [[p[0] + 90, p[1]] for p in square]}],
    }  # fmt: skip
    said = in_node("value.map((arenas) => doubtsOf({ arenas }, [128, 96]))", list(cases.values()))
    assert said[0] == []
    for word, lines in list(zip(cases, said, strict=True))[1:]:
        assert any(word in line for line in lines), (word, lines)


@node
def test_corners_are_put_in_order_from_the_top_left():
    shuffled = [[60, 62], [9, 10], [10, 60], [61, 12]]
    assert in_node("clockwise(value)", shuffled) == [[9, 10], [61, 12], [60, 62], [10, 60]]


def test_every_script_is_shipped():
    assert all(script(name) for name in SCRIPTS)
