from __future__ import annotations

import pickle
import shlex
from pathlib import Path
from types import SimpleNamespace

from ethoframe.apps.typed import Typed
from ethoframe.report import wording

WORDS = ("open-field", "./a b.mp4", "c.mp4", "--arena", "my arena.toml", "videos")
FILES = ("./a b.mp4", "c.mp4")


def test_one_recording_of_those_that_were_named():
    line = Typed(WORDS, FILES)(Path("a b.mp4"))
    assert line == "ethoframe open-field './a b.mp4' --arena 'my arena.toml' videos"
    assert shlex.split(line)[1:] == [word for word in WORDS if word != "c.mp4"]


def test_one_in_a_folder_is_had_by_the_folder():
    assert Typed(("open-field", "videos"))(Path("videos/a.mp4")) == "ethoframe open-field videos"


def test_paths_stay_as_they_were_typed():
    assert "/" not in Typed(("open-field", "a.mp4"), ("a.mp4",))(Path("a.mp4"))


def test_in_the_words_of_windows(monkeypatch):
    monkeypatch.setattr(wording, "os", SimpleNamespace(name="nt"))
    line = Typed(("open-field", "a b.mp4"))(Path("a b.mp4"))
    assert line == 'ethoframe open-field "a b.mp4"'


def test_it_can_be_sent_to_another_process():
    typed = Typed(WORDS, FILES)
    assert pickle.loads(pickle.dumps(typed)) == typed
