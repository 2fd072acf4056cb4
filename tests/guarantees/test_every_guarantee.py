"""Every promise has a test named after it, and docs/guarantees.md names them."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "guarantees.md"
NAMED = re.compile(r"^(?:async )?def test_((?:g\d\d_)+)", re.MULTILINE)


def files_by_promise():
    """Promises by number, with the files of their tests."""
    found = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for name in NAMED.findall(path.read_text("utf-8")):
            for number in re.findall(r"\d\d", name):
                found.setdefault(int(number), set()).add(f"tests/{path.relative_to(TESTS).as_posix()}")
    return found


def test_every_promise_has_a_test_of_its_name():
    assert sorted(files_by_promise()) == list(range(1, 26))


def test_page_of_guarantees_names_the_files_of_every_promise():
    rows = re.findall(r"^\| G(\d+) \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {int(number): set(re.findall(r"`(tests/[\w/.]+)`", row)) for number, row in rows} == files_by_promise()
