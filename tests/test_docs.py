"""The documentation says what the program does: generated parts are current, links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_generated_parts_are_current():
    pages = [str(ROOT / "docs" / name) for name in ("cli.md", "settings.md", "errors.md")]
    command = [sys.executable, "-m", "cogapp", "--check", *pages]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, "run `make docs`: " + done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_decision_has_a_number_of_its_own():
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert len(numbers) == len(set(numbers))


def test_no_text_names_this_machine_or_a_registry():
    """Paths of a machine and hosts of registries have no place in the project."""
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    pattern = re.compile(
        r"/work/(?:main|wt|shared)|/root/|files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian\.org"
    )
    found = []
    for name in names:
        path = ROOT / name
        if (
            path.suffix in (".md", ".py", ".toml", ".lock", ".sh", ".html", ".txt", ".json")
            and name != "tests/test_docs.py"
        ):
            found += [f"{name}: {hit[0]}" for hit in pattern.finditer(path.read_text("utf-8"))]
    assert found == []
