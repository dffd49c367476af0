"""What a keypoint is, whatever a laboratory calls it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ethoframe.data.noun import Noun
from ethoframe.data.refusal import Refusal

ROLES: Mapping[str, tuple[str, ...]] = {
    "nose": ("snout", "nosetip", "snouttip", "nosepoint"),
    "head": ("headcentre", "headcenter", "headmid", "midhead"),
    "left_ear": ("earleft", "earl", "leftearbase"),
    "right_ear": ("earright", "earr", "rightearbase"),
    "ear": ("earbase",),
    "neck": ("nape",),
    "body_centre": (
        "bodycenter", "body", "centroid", "centre", "center", "centrepoint", "centerpoint",
        "centreofmass", "centerofmass", "midback", "backmid", "midbody", "spinemid", "midspine",
        "back", "spine",
    ),
    "left_hip": ("hipleft", "hipl", "lhip", "leftleg", "legleft"),
    "right_hip": ("hipright", "hipr", "rhip", "rightleg", "legright"),
    "hip": ("hips",),
    "tail_base": ("tailroot", "tailstart", "baseoftail", "tail", "tail1"),
    "tail_tip": ("tailend", "endoftail"),
    "left_fore_paw": ("leftforepaw", "leftfrontpaw", "forepawleft", "frontpawleft", "lfpaw",
                      "leftforelimb", "lforepaw", "leftfrontfoot", "leftforefoot", "lf", "fl"),
    "right_fore_paw": ("rightforepaw", "rightfrontpaw", "forepawright", "frontpawright", "rfpaw",
                       "rightforelimb", "rforepaw", "rightfrontfoot", "rightforefoot", "rf", "fr"),
    "left_hind_paw": ("lefthindpaw", "leftbackpaw", "hindpawleft", "lhpaw", "lefthindlimb",
                      "lhindpaw", "lefthindfoot", "leftrearpaw", "lh", "hl"),
    "right_hind_paw": ("righthindpaw", "rightbackpaw", "hindpawright", "rhpaw", "righthindlimb",
                       "rhindpaw", "righthindfoot", "rightrearpaw", "rh", "hr"),
    "fore_paw": ("frontpaw", "forepawtoe", "frontpawtoe", "frontpawtao", "forefoot", "frontfoot"),
    "hind_paw": ("hindpawtoe", "hindpawtao", "hindfoot", "backpaw", "rearpaw"),
}  # fmt: skip
"""Each role, and what its keypoint is called besides; case, spaces and signs do not matter."""

MADE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "head": (("left_ear", "right_ear"), ("ear",)),
    "hip": (("left_hip", "right_hip"),),
    "body_centre": (
        ("neck", "left_hip", "right_hip"),
        ("neck", "tail_base"),
        ("left_ear", "right_ear", "tail_base"),
        ("ear", "tail_base"),
        ("nose", "tail_base"),
        ("left_hip", "right_hip"),
    ),
}
"""Roles that have no keypoint of their own may be the mean of those of others, the first known."""


@dataclass(frozen=True, eq=False)
class Roles(Noun):
    """Which keypoint has which role, as a person says it once for a study.

    Parameters
    ----------
    keypoints
        The keypoint of each role.

    Examples
    --------
    >>> Roles.parse("nose=bp1, tail_base=bp7").named(["bp1", "bp7", "x"])
    ('nose', 'tail_base', 'x')
    """

    keypoints: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Roles:
        """From words like ``nose=bp1, tail_base=bp7``.

        Raises
        ------
        Refusal
            When it is written otherwise, names no role that there is, or something twice.
        """
        pairs = [[word.strip() for word in part.split("=")] for part in text.split(",") if part]
        if any(len(pair) != 2 or not all(pair) for pair in pairs):
            raise Refusal(text, "it names no roles", "write role=keypoint, as nose=bp1,neck=bp2")
        held = dict(pairs)
        if len(held) < len(pairs) or len(set(held.values())) < len(pairs):
            raise Refusal(text, "a role or a keypoint is named twice", "name each once")
        unknown = [role for role in held if role not in ROLES]
        if unknown:
            told = f"roles are {', '.join(ROLES)}"
            raise Refusal(text, f"there is no role {unknown[0]!r}", told)
        return cls(held)

    def named(self, keypoints: Sequence[str]) -> tuple[str, ...]:
        """The keypoints by the names of their roles; those without one keep theirs.

        Raises
        ------
        Refusal
            When a keypoint is not there.
        """
        back = {keypoint: role for role, keypoint in self.keypoints.items()}
        for keypoint in sorted(back.keys() - set(keypoints)):
            held = "roles hold in a folder of results until --roles says them anew"
            remedy = f"there are: {', '.join(keypoints)}; {held}"
            raise Refusal("roles", f"there is no keypoint {keypoint!r}", remedy)
        return tuple(back.get(name, name) for name in keypoints)


def makes(role: str, keypoints: Sequence[str]) -> tuple[str, ...]:
    """The keypoints whose mean a role is: mostly one, none where nothing can stand for it.

    A keypoint of exactly this name comes first, then one that goes by another name of the role,
    then what it can be made of (`MADE`).

    Examples
    --------
    >>> makes("nose", ["Snout", "leftear", "rightear"]), makes("head", ["leftear", "Right Ear"])
    (('Snout',), ('leftear', 'Right Ear'))
    >>> makes("nose", ["head_end"])
    ()
    """
    if role in keypoints:
        return (role,)
    plain = {_plain(name): name for name in reversed(keypoints)}
    for called in (_plain(role), *ROLES.get(role, ())):
        if called in plain:
            return (plain[called],)
    for parts in MADE.get(role, ()):
        found = [makes(part, keypoints) for part in parts]
        if all(found):
            return tuple(name for each in found for name in each)
    return ()


def spelled(role: str, keypoints: Sequence[str]) -> str:
    """What stands for a role, in words: a keypoint's name, or of which others it is the mean.

    Examples
    --------
    >>> spelled("body_centre", ["centroid"]), spelled("head", ["leftear", "rightear"])
    ('centroid', 'head (mean of leftear and rightear)')
    """
    names = makes(role, keypoints)
    return names[0] if len(names) == 1 else f"{role} (mean of {' and '.join(names)})"


def refuse_without(where: str, keypoints: Sequence[str], *roles: str) -> None:
    """Refuse keypoints of which none can stand for some role.

    Raises
    ------
    Refusal
        Told of `where`, with the keypoints that there are.
    """
    missing = [role for role in roles if not makes(role, keypoints)]
    if missing:
        names, listed = ", ".join(missing), ", ".join(keypoints) or "none"
        remedy = f"say which keypoint it is, as --roles {missing[0]}=NAME; there are: {listed}"
        raise Refusal(where, f"no keypoint is the {names}", remedy)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
