"""`kiemchung check`: what is printed, what is read, what is refused."""

import re
from dataclasses import replace

import pytest

from kiemchung.cli.check import answer_lines, quiet, read_source, show
from kiemchung.commons.check import check
from kiemchung.errors import FetchError, InputError
from kiemchung.i18n import open_words
from kiemchung.ports import Fetched
from tests.web.fakes import LEMON, LEMON_EN, commons_of, demo_commons, find

LEMON_MESSAGE = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."


def printed(text, language="vi", commons=None, **options):
    answer = check(commons or demo_commons(), text, find)
    lines = answer_lines(answer, open_words(language), **options)
    return "\n".join(" " * line.indent + line.text for line in lines)


def test_check_prints_claim_checker_verdict_date_link_language_and_reason():
    out = printed(LEMON_MESSAGE)
    for part in (f"1. “{LEMON_MESSAGE}”", "Bàn Sức khoẻ kết luận: “Sai”", f"về thông tin “{LEMON.claim}”",
                 "suckhoe.example · 03/05/2025 · tiếng Việt", LEMON.url,
                 "Cùng một thông tin: cùng ý nghĩa"):  # fmt: skip
        assert part in out
    assert out.endswith("Đã tìm trong: 4 bài kiểm chứng đã đăng của 4 nơi đăng, tính đến 22/11/2026")


def test_check_speaks_english():
    out = printed(f"{LEMON_MESSAGE} Theo tôi thế là hay.", "en")
    assert "Bàn Sức khoẻ says: “Sai”" in out
    assert "Opinion: not rated" in out
    assert "3 May 2025 · Vietnamese" in out


def test_check_says_what_nothing_found_means():
    out = printed("The sky is green tonight over the bay.", "en")
    assert "Nothing found in 4 checks from 4 publishers as of 22 November 2026; that does not mean it is true." in out


def test_check_on_an_empty_store_says_so():
    assert "No published checks have been imported yet" in printed("The sky is green tonight.", "en", commons_of())


def test_disagreeing_verdicts_stand_side_by_side():
    out = printed(f"{LEMON_MESSAGE[:-1]}; hot lemon water cures cancer.", "en", commons_of(LEMON, LEMON_EN))
    assert "The checkers disagree" in out
    [line] = [line for line in out.splitlines() if "   |   " in line]
    assert "“Sai”" in line
    assert "“Half true”" in line


def test_long_text_is_folded_with_a_count_and_all_prints_everything():
    text = " ".join(f"Con sông số {i} dài thêm mỗi năm." for i in range(30)) + " Theo tôi thì hay."
    folded, full = printed(text, "en"), printed(text, "en", show_all=True)
    assert "Not printed here: 18 further claims, less worth checking; 1 statement set aside" in folded
    assert folded.count("Con sông số") == 12
    assert full.count("Con sông số") == 30
    assert "Theo tôi thì hay." in full


def test_quotes_cannot_move_the_cursor_or_turn_the_text():
    assert quiet("a\x1b[31mb\x07\u202ec\r\n d\x9b") == "a [31mb c d"
    hostile = replace(LEMON, verdict="Sai\x1b]0;x\x07", publisher="A\nB", url="https://x.example/\x1b[2J")
    assert "\x1b" not in printed(LEMON_MESSAGE, commons=commons_of(hostile))


def test_read_source_takes_text_files_html_addresses_and_standard_input(tmp_path, monkeypatch):
    commons = demo_commons()
    (tmp_path / "m.txt").write_text(LEMON_MESSAGE, encoding="utf-8")
    told = f"{LEMON_MESSAGE} {'Trời xanh ở biển. ' * 30}"
    story = f"<html><body><nav>Menu</nav><article><h1>Tin</h1><p>{told}</p></article></body></html>"
    (tmp_path / "a.html").write_text(story, encoding="utf-8")
    commons.fetcher.pages["https://tin.example/1"] = Fetched("https://tin.example/1", story.encode(), "text/html", None)
    assert read_source(commons, LEMON_MESSAGE) == LEMON_MESSAGE
    assert read_source(commons, str(tmp_path / "m.txt")) == LEMON_MESSAGE
    for source in (str(tmp_path / "a.html"), "https://tin.example/1"):
        article = read_source(commons, source)
        assert LEMON_MESSAGE in article
        assert "<p>" not in article
        assert "Menu" not in article


@pytest.mark.parametrize("source", ["không-có.txt", "không/có/bài.html"])
def test_a_missing_file_is_an_error_and_no_message(source):
    with pytest.raises(InputError, match="cannot be read"):
        read_source(demo_commons(), source)


def test_a_folder_and_a_binary_file_are_refused(tmp_path):
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(InputError):
        read_source(demo_commons(), str(tmp_path))
    with pytest.raises(InputError):
        check(demo_commons(), read_source(demo_commons(), str(tmp_path / "b.bin")), find)


def test_a_refused_address_is_a_fetch_error():
    with pytest.raises(FetchError):
        read_source(demo_commons(), "http://10.0.0.1/")


def test_long_messages_and_odd_names_are_text(tmp_path):
    for text in ("a" * 5_000, "hai\ndòng", "nul\0l", "Cái gì? /etc là thư mục.", "~"):
        assert read_source(demo_commons(), text) == text


def test_nothing_is_no_file_and_too_much_is_said(tmp_path):
    commons = demo_commons()
    assert read_source(commons, "") == ""
    path = tmp_path / "a.txt"
    path.write_bytes(b"a" * (commons.settings.fetch_max_bytes + 1))
    with pytest.raises(InputError, match="more than 20,000,000 bytes"):
        read_source(commons, str(path))


def test_narrow_terminal_wraps_words_and_leaves_addresses_whole(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    show(list(answer_lines(check(demo_commons(), LEMON_MESSAGE, find), open_words("vi"))))
    lines = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()
    assert f"     {LEMON.url}" in lines
    assert all(len(line) <= 30 for line in lines if "://" not in line)
