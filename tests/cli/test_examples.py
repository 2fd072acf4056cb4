"""`--help` shows an example of every command, and each one is a call that its command takes."""

import shlex
from collections.abc import Iterator

import pytest
import typer

from kiemchung.cli.app import app


def commands(command, path=()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield path, command


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_every_command_has_an_example_that_it_takes(path, command, tmp_path, monkeypatch):
    (example,) = [line.split("Example: ")[1] for line in command.help.splitlines() if "Example: " in line]
    words = shlex.split(example.split(" < ")[0].split(" > ")[0])
    at = words.index(path[0])
    assert (words[0], tuple(words[at : at + len(path)])) == ("kiemchung", path)
    monkeypatch.chdir(tmp_path)
    arguments = words[at + len(path) :]
    for name in (word for word in arguments if word.endswith((".tsv", ".txt", ".gz"))):
        (tmp_path / name).touch()
    command.make_context(path[-1], arguments)  # raises where an option is unknown, or something is missing
