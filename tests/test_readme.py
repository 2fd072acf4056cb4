"""The README's first command does what it says, from a bare clone with a new environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_first_command_answers_the_demo_message_from_a_bare_clone(tmp_path):
    clone = tmp_path / "kiemchung"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "KIEMCHUNG_"))}
    environment = {**kept, "PYTHON": sys.executable, "LANG": "C.UTF-8"}
    # a real data folder elsewhere must not be needed, nor touched
    environment["HOME"] = str(tmp_path / "home")
    (tmp_path / "home").mkdir()
    if cache := os.environ.get("UV_CACHE_DIR") or str(Path.home() / ".cache" / "uv"):
        environment["UV_CACHE_DIR"] = cache
    done = subprocess.run(
        ["make", "check-demo"], cwd=clone, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "kiemchung-mau.example/nuoc-chanh-ung-thu" in done.stdout
    assert "that does not mean it is true" in done.stdout
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert status.stdout == ""
