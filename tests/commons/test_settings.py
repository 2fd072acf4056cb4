from pathlib import Path

import pytest
from pydantic import ValidationError

from kiemchung.commons.settings import Settings, load_settings
from kiemchung.errors import SettingsError


def test_settings_of_options_come_before_environment_before_file_before_default(tmp_path: Path) -> None:
    (tmp_path / "kiemchung.toml").write_text('port = 1\nhost = "file"\nlanguage = "vi"\n')
    environ = {"KIEMCHUNG_PORT": "2", "KIEMCHUNG_HOST": "environment", "KIEMCHUNG_DATA_DIR": str(tmp_path)}

    settings = load_settings({"port": 3, "host": None}, environ=environ)

    assert (settings.port, settings.host, settings.language, settings.threads) == (3, "environment", "vi", 0)


def test_settings_keep_the_database_and_index_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path}, environ={})

    assert settings.database == f"sqlite:///{tmp_path}/kiemchung.db"
    assert settings.index_dir == tmp_path / "index"


def test_settings_file_is_named_by_option_or_environment(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("port = 7")

    assert load_settings(config=file, environ={}).port == 7
    assert load_settings(environ={"KIEMCHUNG_CONFIG": str(file)}).port == 7


def test_settings_unknown_in_the_environment_is_an_error_with_a_guess() -> None:
    with pytest.raises(SettingsError, match=r"unknown setting KIEMCHUNG_PROT; did you mean KIEMCHUNG_PORT\?"):
        load_settings(environ={"KIEMCHUNG_PROT": "1"})


def test_settings_unknown_in_the_file_is_an_error_with_a_guess(tmp_path: Path) -> None:
    (tmp_path / "kiemchung.toml").write_text("data_dri = 1")
    with pytest.raises(SettingsError, match=r"kiemchung.toml: unknown setting data_dri; did you mean data_dir\?"):
        load_settings({"data_dir": tmp_path}, environ={})


def test_settings_out_of_range_are_errors_that_say_where_they_were_set() -> None:
    with pytest.raises(SettingsError, match=r"environment: port = '70000': input should be less than"):
        load_settings(environ={"KIEMCHUNG_PORT": "70000"})


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe"])
def test_settings_file_that_is_no_toml_is_an_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="not a TOML file"):
        load_settings(config=file, environ={})


def test_settings_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(config=tmp_path / "none.toml", environ={})


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_settings_each_have_a_description() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_settings_site_url_loses_its_last_slash_and_takes_no_path() -> None:
    assert load_settings({"site_url": "https://checks.example/"}, environ={}).site_url == "https://checks.example"
    for wrong in ("checks.example", "https://checks.example/here", "ftp://checks.example", "https://me@checks.example"):
        with pytest.raises(SettingsError, match="site_url"):
            load_settings({"site_url": wrong}, environ={})


def test_value_outside_a_pattern_is_answered_with_what_it_may_be() -> None:
    with pytest.raises(SettingsError, match=r"^option: language = 'fr': not allowed; Language of the words: vi, en;"):
        load_settings({"language": "fr"}, environ={})
