import json

from typer.testing import CliRunner

from kiemchung.cli.app import app


def doctor(folder, *options):
    return CliRunner(env={"KIEMCHUNG_EMBEDDER": "hashing"}).invoke(app, ["--data-dir", str(folder), "doctor", *options])


def findings(result):
    return {finding["part"]: finding for finding in json.loads(result.output)["findings"]}


def test_doctor_of_an_empty_folder_says_what_to_do_next(tmp_path):
    result = doctor(tmp_path, "--json")
    found = findings(result)
    assert result.exit_code == 1
    assert (found["store"]["state"], found["store"]["advice"]) == ("missing", "kiemchung import SOURCE")
    assert (found["index"]["state"], found["index"]["advice"]) == ("missing", "kiemchung index")
    assert found["embedder"]["state"] == "ok"


def test_doctor_names_a_damaged_database(tmp_path):
    (tmp_path / "kiemchung.db").write_bytes(b"no database" * 500)
    found = findings(doctor(tmp_path, "--json"))
    assert found["store"]["state"] == "broken"
    assert "put a backup in its place" in found["store"]["detail"]


def test_doctor_says_that_stored_checks_are_not_indexed(tmp_path):
    checks = tmp_path / "checks.csv"
    checks.write_text("claim,verdict,url\nLemons cure cancer,False,https://a.example/1\n", "utf-8")
    data = ["--data-dir", str(tmp_path)]
    cli = CliRunner(env={"KIEMCHUNG_EMBEDDER": "hashing"})
    cli.invoke(app, [*data, "index"])
    cli.invoke(app, [*data, "import", str(checks), "--no-index"])
    found = findings(doctor(tmp_path, "--json"))["index"]
    assert (found["state"], found["advice"]) == ("missing", "kiemchung index")
    assert found["detail"].endswith("1 checks are stored")
    cli.invoke(app, [*data, "index"])
    assert findings(doctor(tmp_path, "--json"))["index"]["state"] == "ok"


def test_doctor_prints_a_line_a_part(tmp_path):
    output = doctor(tmp_path).output
    assert "kiemchung" in output
    assert "-> kiemchung import SOURCE" in output


def test_doctor_speaks_of_the_commons(tmp_path):
    assert findings(doctor(tmp_path, "--json"))["commons"]["state"] == "missing"
    CliRunner().invoke(app, ["--data-dir", str(tmp_path), "site", "pause"])
    found = findings(doctor(tmp_path, "--json"))["commons"]
    assert (found["state"], found["optional"], found["advice"]) == ("missing", True, "kiemchung site status")
    assert found["detail"] == "notes are closed (paused); 0 notes, 0 ratings, last scored never, log not begun"
