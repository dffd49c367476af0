from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ethoframe import recipes

BESIDE = str(Path(sys.executable).parent)


def completed(*words: str, shell: str = "bash") -> list[str]:
    """What the command answers when a shell asks it."""
    typed = {"COMP_WORDS": " ".join(["ethoframe", *words]), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        typed["COMP_CWORD"] = words[-1]
    asked = {**os.environ, **typed, "_ETHOFRAME_COMPLETE": f"{shell}_complete"}
    command = [sys.executable, "-m", "ethoframe.apps.cli"]
    done = subprocess.run(command, env=asked, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_a_script(ethoframe, shell):
    said = ethoframe("completion", shell)
    assert (said.status, said.err) == (0, "")
    assert f"_ETHOFRAME_COMPLETE={shell}_complete" in said.out


def test_a_shell_that_is_none(ethoframe):
    said = ethoframe("completion", "tcsh")
    assert said.status == 2
    assert "'tcsh' is not one of 'bash', 'zsh', 'fish'" in said.err


@pytest.mark.parametrize(
    ("shell", "answer"),
    [("bash", "plain,open-field"), ("zsh", "plain\nopen-field\n"), ("fish", "plain,open-field")],
)
def test_names_of_recipes(shell, answer):
    assert "open-field" in recipes.names()
    assert "\n".join(completed("op", shell=shell)).startswith(answer)


def test_verbs_options_parameters_and_files():
    assert completed("me") == ["plain,methods"]
    assert "plain,--overlay" in completed("open-field", "--")
    assert completed("open-field", "--set", "smooth.sp") == ["plain,smooth.span_s="]
    assert completed("mouse") == ["file,mouse"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_itself_completes(ethoframe, here):
    (here / "completion.bash").write_text(ethoframe("completion", "bash").out)
    script = """
        source completion.bash
        COMP_WORDS=(ethoframe op) COMP_CWORD=1
        _ethoframe_completion ethoframe op ethoframe
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    path = f"{BESIDE}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env={**os.environ, "PATH": path}, cwd=here,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["open-field"]
