"""Writes the reference pages' generated parts, for cog (`make docs`): commands, settings, errors."""

import importlib
import inspect
import pkgutil
from typing import Any

import cog  # given by cogapp while it runs
from typer.main import get_command

from kiemchung import commons, errors
from kiemchung.cli import EXIT_CODES
from kiemchung.cli.app import app
from kiemchung.commons.settings import Settings
from kiemchung.web.errors import STATUS


def commands() -> None:
    """Every command with its help and its arguments and options."""
    for path, command in _walk(get_command(app), ("kiemchung",)):
        if hasattr(command, "commands") and path != ("kiemchung",):
            continue
        cog.outl(f"## {' '.join(path)}\n")
        cog.outl(f"{inspect.cleandoc(command.help or '')}\n")
        if not hasattr(command, "commands"):
            _parameters(command)


def _walk(command: Any, path: tuple[str, ...]) -> list[tuple[tuple[str, ...], Any]]:
    found = [(path, command)]
    for name, child in sorted(getattr(command, "commands", {}).items()):
        found += _walk(child, (*path, name))
    return found


def _parameters(command: Any) -> None:
    rows = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False):
            continue
        names = parameter.opts + parameter.secondary_opts
        name = names[0].upper() if parameter.param_type_name == "argument" else ", ".join(names)
        rows.append((name, getattr(parameter, "help", None) or ""))
    cog.outl("| argument or option | meaning |\n| --- | --- |")
    for name, meaning in rows:
        cog.outl(f"| `{name}` | {' '.join(meaning.split())} |")
    cog.outl("")


def settings() -> None:
    """Every setting with its default and the variable that sets it."""
    cog.outl("| setting | variable | default | meaning |\n| --- | --- | --- | --- |")
    for name, field in Settings.model_fields.items():
        default = "the platform's data folder" if field.default_factory else f"`{field.default!r}`"
        cog.outl(f"| `{name}` | `KIEMCHUNG_{name.upper()}` | {default} | {field.description} |")


def error_table() -> None:
    """Every error class with its code, exit code and HTTP status."""
    for module in pkgutil.iter_modules(commons.__path__, "kiemchung.commons."):
        importlib.import_module(module.name)  # some errors live with their use case
    cog.outl("| code | class | exit code | HTTP | meaning |\n| --- | --- | --- | --- | --- |")
    for error in _subclasses(errors.KiemchungError):
        first = (error.__doc__ or "").strip().splitlines()[0]
        numbers = f"{EXIT_CODES.get(error.code, 1)} | {STATUS.get(error.code, 500)}"
        cog.outl(f"| `{error.code}` | `{error.__name__}` | {numbers} | {first} |")


def _subclasses(base: type) -> list[type]:
    found = []
    for child in sorted(base.__subclasses__(), key=lambda c: c.__name__):
        found += [child, *_subclasses(child)]
    return found
