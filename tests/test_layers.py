"""Imports go one way (STYLE): the contracts in pyproject.toml hold."""

import logging
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent


@pytest.fixture
def untouched_logging():
    """import-linter sets logging up for itself and silences every logger that was there before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    yield
    root.handlers[:], root.level = handlers, level
    for each in loggers:
        each.disabled = False


def test_import_contracts_hold(monkeypatch, untouched_logging):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0
