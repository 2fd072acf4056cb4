"""Every reason for which a record is rejected is documented (G25)."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_g25_each_reason_is_documented_and_each_documented_one_exists() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r'Rejected\(\s*"([a-z_]+)"', source))
    table = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8").split("| reason |")[1].split("\n\n")[0]
    rows = "".join(line.split("|")[1] for line in table.splitlines()[2:])
    assert set(re.findall(r"`([a-z_]+)`", rows)) == used
