"""What the root options leave for the commands: where the settings come from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons
    from kiemchung.commons.settings import Settings


@dataclass(frozen=True)
class Door:
    """The root options, read into settings only by commands that need them."""

    data_dir: Path | None = None
    config: Path | None = None

    def settings(self, **options: object) -> "Settings":
        """The settings of this call; options are those of the command itself, None for "not given"."""
        from kiemchung.commons.settings import load_settings  # pydantic loads here; `--help` does without

        return load_settings({"data_dir": self.data_dir, **options}, config=self.config)

    @contextmanager
    def commons(self, *, quick: bool = False, **options: object) -> Iterator["Commons"]:
        """The wiring for this call; quick for one that only looks checks up."""
        from kiemchung.commons.opening import open_commons  # loads the settings' and the store's libraries

        with open_commons(self.settings(**options), quick=quick) as commons:
            yield commons


def door(context: typer.Context) -> Door:
    """The root options of a command's call."""
    found = context.find_object(Door)
    return found if found is not None else Door()
