from typer.testing import CliRunner

from kiemchung.cli.app import app


def test_evaluate_without_a_command_lists_its_commands() -> None:
    result = CliRunner().invoke(app, ["evaluate", "--help"])
    assert result.exit_code == 0
    assert "Measure claims and lookup" in result.output
