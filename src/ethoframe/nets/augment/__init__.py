"""More pictures from few: a picture and all that people marked in it, moved and relit together.

`Augment` says how strongly, `Augment.draw` draws one set of numbers from a seed, and what it draws
(`Drawn`) moves image, masks, points and boxes through one and the same map.
"""

from __future__ import annotations

from ethoframe.nets.augment.drawn import Drawn, swapped
from ethoframe.nets.augment.elastic import Elastic
from ethoframe.nets.augment.photometry import Photometry
from ethoframe.nets.augment.strengths import Augment

__all__ = ["Augment", "Drawn", "Elastic", "Photometry", "swapped"]
