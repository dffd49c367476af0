"""The nouns: what ethoframe's methods take and give.

Small frozen values of numpy arrays with named axes and units. This room imports no other room.
"""

from ethoframe.data.arena import Arena, Zone
from ethoframe.data.arenas import Arenas
from ethoframe.data.bins import bins
from ethoframe.data.classes import Classes
from ethoframe.data.clock import Clock
from ethoframe.data.corrections import Correction, Corrections
from ethoframe.data.displacement import Displacement
from ethoframe.data.effects import Effect, Effects
from ethoframe.data.episodes import Episodes
from ethoframe.data.frames import Frames
from ethoframe.data.identity import identity_of
from ethoframe.data.labelmap import LabelMap, Patch
from ethoframe.data.labels import Labelled, Labels
from ethoframe.data.lens import Lens
from ethoframe.data.measures import Measure, Measures
from ethoframe.data.noun import Noun, Timed
from ethoframe.data.observations import Observations, Observed
from ethoframe.data.points import Points
from ethoframe.data.recording import Recording, Source
from ethoframe.data.refusal import Refusal
from ethoframe.data.roles import Roles
from ethoframe.data.sheet import Row, Sheet
from ethoframe.data.skeleton import Skeleton
from ethoframe.data.tracks import Tracks
from ethoframe.data.transform import Transform
from ethoframe.data.transforms import Transforms
from ethoframe.data.values import Values
from ethoframe.data.verdict import Check, Verdict
from ethoframe.data.warp import Warp
from ethoframe.data.window import Window

__all__ = [
    "Arena",
    "Arenas",
    "Check",
    "Classes",
    "Clock",
    "Correction",
    "Corrections",
    "Displacement",
    "Effect",
    "Effects",
    "Episodes",
    "Frames",
    "LabelMap",
    "Labelled",
    "Labels",
    "Lens",
    "Measure",
    "Measures",
    "Noun",
    "Observations",
    "Observed",
    "Patch",
    "Points",
    "Recording",
    "Refusal",
    "Roles",
    "Row",
    "Sheet",
    "Skeleton",
    "Source",
    "Timed",
    "Tracks",
    "Transform",
    "Transforms",
    "Values",
    "Verdict",
    "Warp",
    "Window",
    "Zone",
    "bins",
    "identity_of",
]
