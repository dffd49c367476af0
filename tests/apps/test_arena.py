import json
import re

import pytest

from ethoframe.data import Arena
from ethoframe.formats import arena as arena_file


@pytest.fixture
def told(ethoframe, here):
    """Runs the command, and gives what its page begins with."""

    def run(*words):
        said = ethoframe("arena", *words)
        assert said.status == 0, said.err
        page = (here / "arena.html").read_text(encoding="utf-8")
        return json.loads(re.search(r'id="given">(.*?)</script>', page, re.S).group(1)), said

    return run


def test_a_page_with_the_still_to_draw_on(told, clip):
    given, said = told(clip, "--side", "40cm")
    assert given["size"] == [240, 180]
    assert given["sides"] == [400.0, 400.0]
    assert given["picture"].startswith("data:image/png;base64,")
    assert "arena.html" in said.out
    assert given["command"] in said.out
    assert given["command"].endswith("--arena arena.toml")


def test_what_was_drawn_before_is_gone_on_from(told, clip, here):
    floor = Arena("rectangle", [[10, 10], [200, 10], [200, 150], [10, 150]], (500.0, 300.0))
    arena_file.write(here / "before.toml", floor)
    given, _ = told(clip, "--arena", "before.toml")
    (drawn,) = given["drawing"]["arenas"]
    assert drawn["points"] == [[10.0, 10.0], [200.0, 10.0], [200.0, 150.0], [10.0, 150.0]]
    assert drawn["sides"] == [500.0, 300.0]


def test_a_drawing_of_another_picture_is_refused(ethoframe, clip, here):
    (here / "before.toml").write_text(
        "picture_px = [640, 640]\ncorners_px = [[1, 1], [9, 1], [9, 9], [1, 9]]", encoding="utf-8"
    )
    said = ethoframe("arena", clip, "--arena", "before.toml")
    assert said.status == 3
    assert said.err.count("\n") == 1
    assert "before.toml" in said.err
    assert not (here / "arena.html").exists()


def test_what_is_no_video_is_refused_in_a_line(ethoframe, here):
    said = ethoframe("arena", "none.mp4")
    assert (said.status, said.err.count("\n")) == (3, 1)
    assert not list(here.iterdir())
