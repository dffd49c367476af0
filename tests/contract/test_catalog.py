from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ethoframe
from ethoframe.contract import In, Kind, Method, catalog
from ethoframe.contract.catalog import Card, cards, find
from ethoframe.data import Refusal

HEAVY = [
    "xarray",
    "pandas",
    "scipy",
    "cv2",
    "av",
    "torch",
    "matplotlib",
    "SimpleITK",
    "skimage",
    "numba",
]
LISTED = """
import sys, ethoframe.contract.catalog as c
assert c.cards() is not None
print(*sorted({m.split(".")[0] for m in sys.modules}))
print(*[m for m in sys.modules if m.startswith("ethoframe.methods.")])
"""

METHOD = '''
import nothing_that_exists
def spare(): ...
@dataclass(frozen=True)
class Grow({base}):
    """Grows regions.

    More of it.
    """
    takes: ClassVar[Mapping[str, In]] = {{"recording": In(Kind.RECORDING, optional=False)}}
    gives: ClassVar[Kind] = {gives}
'''


def test_listing_loads_nothing_heavy():
    said = subprocess.run(
        [sys.executable, "-c", LISTED], capture_output=True, text=True, check=True
    )
    loaded, methods = said.stdout.splitlines()
    assert set(loaded.split()).isdisjoint(HEAVY)
    assert methods == ""


def test_every_file_of_a_method_is_listed():
    room = Path(ethoframe.__file__).parent / "methods"
    files = {p.relative_to(room) for p in room.glob("*/*.py") if not p.stem.startswith("_")}
    names = {str(path.with_suffix("")).replace("_", "-") for path in files}
    assert {card.name for card in cards() if card.module.startswith("ethoframe.")} == names
    assert [card.name for card in cards()] == sorted(card.name for card in cards())


@pytest.mark.parametrize("card", cards(), ids=lambda card: card.name)
def test_the_card_says_what_the_class_says(card: Card):
    method = find(card.name)
    assert issubclass(method, Method)
    assert (method.name(), method.takes, method.gives) == (card.name, card.takes, card.gives)


def test_no_such_method():
    with pytest.raises(Refusal, match="segment/silhuette: there is no such method; nearest: "):
        find("segment/silhuette")
    with pytest.raises(Refusal, match="ethoframe methods lists all"):
        find("%")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An outside package with one method, known by its entry point."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "outside" / "segment").mkdir(parents=True)
    (tmp_path / "outside" / "segment" / "_hidden.py").write_text("1 +")
    point = type("EntryPoint", (), {"value": "outside"})
    monkeypatch.setattr(
        catalog, "entry_points", lambda group: [point] if "methods" in group else []
    )
    cards.cache_clear()
    yield tmp_path / "outside" / "segment"
    cards.cache_clear()


def test_an_outside_package_adds_its_own(package):
    (package / "region_growing.py").write_text(
        METHOD.format(base="FrameMethod, Learned", gives="Kind.LABELMAP")
    )
    found = {card.name: card for card in cards()}
    assert found["segment/region-growing"] == Card(
        "segment/region-growing",
        "Grows regions.",
        {"recording": In(Kind.RECORDING)},
        Kind.LABELMAP,
        learned=True,
        module="outside.segment.region_growing",
    )


@pytest.mark.parametrize(
    "gives", ["open('/etc/passwd')", "__import__('os')", "Kind.RECORDING.__class__.x"]
)
def test_a_declaration_is_read_not_run(package, gives):
    (package / "odd.py").write_text(METHOD.format(base="FrameMethod", gives=gives))
    with pytest.raises((NameError, AttributeError)):
        cards()


def test_a_file_without_a_method(package):
    (package / "notes.py").write_text("class Note: ...")
    with pytest.raises(TypeError, match=r"notes\.py: no class that declares"):
        cards()


def test_a_file_with_two_methods(package):
    text = "from ethoframe.testing.specimens import Rest\n"
    one = "class {}(Rest):\n    'A.'\n    takes: dict = {{}}\n    gives: str = Kind.MEASURES\n"
    (package / "two.py").write_text(
        text + "from ethoframe.contract import Kind\n" + one.format("A") + one.format("B")
    )
    with pytest.raises(TypeError, match="must define one method, and defines 2"):
        find("segment/two")
