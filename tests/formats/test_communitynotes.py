import dataclasses
import gzip
import zipfile

import numpy as np
import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats import communitynotes as files
from kiemchung.formats import communitynotes_columns as columns
from kiemchung.formats import communitynotes_write
from kiemchung.formats.communitynotes_parts import find_parts
from kiemchung.formats.communitynotes_rows import EMPTY_DELAY, HistoryRows, RatingRows
from kiemchung.scoring import table
from tests.formats.public_files import AUGUST_MS, as_tsv, enrolled, history, note, rating, write

NOTE_IDS = np.array([1, 2, 3], np.int64)


def read(*paths, note_ids=NOTE_IDS):
    codes = files.ParticipantCodes()
    rows, report = files.read_ratings(list(paths), codes, note_ids)
    return rows, report, codes


def rows_of(path):
    """All that was read, a tuple a rating, by note; raters by name."""
    rows, _, codes = read(path)
    ids, place = codes.ordered()
    columns = [getattr(rows, name).tolist() for name in RatingRows.__slots__ if name != "rater"]
    return sorted(zip(*columns, [ids[place[code]] for code in rows.rater], strict=True))


def read_by_note(path, field):
    """A field of the ratings, in the order of their notes' places."""
    rows = read(path)[0]
    return getattr(rows, field)[np.argsort(rows.note, kind="stable")].tolist()


@pytest.fixture
def ratings(tmp_path):
    return write(
        tmp_path / "ratings-00000.tsv", [rating(1, "u1"), rating(2, "u2", "NOT_HELPFUL", notHelpfulOutdated=1)]
    )


def test_vocabularies_of_formats_and_scoring_are_the_same():
    assert columns.HELPFUL_TAGS == table.HELPFUL_TAGS
    assert columns.NOT_HELPFUL_TAGS == table.NOT_HELPFUL_TAGS
    assert list(columns.STATUSES) == [table.STATUS_NAMES[table.Status(code)] for code in range(5)]
    assert list(columns.ENROLLMENT_STATES) == [table.ENROLLMENT_NAMES[table.EnrollmentState(code)] for code in range(9)]
    assert columns.CLASSIFICATIONS[table.Classification.MISLEADING] == "MISINFORMED_OR_POTENTIALLY_MISLEADING"


def test_tables_have_the_public_number_of_columns():
    assert [len(t.columns) for t in columns.TABLES] == [24, 35, 24, 8]


def test_ratings_become_values_and_tag_bits(ratings):
    outdated = 1 << columns.NOT_HELPFUL_TAGS.index("notHelpfulOutdated")
    at = AUGUST_MS + 60_000
    assert rows_of(ratings) == [(0, 1.0, at, 0, 0, False, "u1"), (1, 0.0, at, 0, outdated, False, "u2")]


def test_old_form_answers_count_where_the_level_is_empty(tmp_path):
    path = write(
        tmp_path / "r.tsv",
        [rating(1, "a", "", helpful=1), rating(2, "b", "", notHelpful=1), rating(3, "c", "NOT_HELPFUL", helpful=1)],
    )
    assert read_by_note(path, "value") == [1.0, 0.0, 0.0]


def test_rating_without_an_answer_is_counted_and_left_out(tmp_path):
    rows, report, _ = read(write(tmp_path / "r.tsv", [rating(1, "a", ""), rating(1, "b")]))
    assert (len(rows.note), report.dropped) == (1, {"no answer": 1})


def test_rating_of_an_unknown_note_is_counted_and_left_out(tmp_path):
    rows, report, _ = read(write(tmp_path / "r.tsv", [rating(7, "a"), rating(3, "b")]))
    assert rows.note.tolist() == [2]
    assert report.dropped == {"note unknown to notes and status history": 1}


@pytest.mark.parametrize("packing", ["gzip", "zstd", "zip", "parquet", "crlf", "bom"])
def test_every_packing_reads_the_same(tmp_path, ratings, packing):
    text = ratings.read_bytes()
    packed = tmp_path / f"packed-{packing}"
    match packing:
        case "gzip":
            packed.write_bytes(gzip.compress(text))
        case "zstd":
            packed.write_bytes(zstandard.compress(text))
        case "zip":
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("ratings-00000.tsv", text)
        case "parquet":
            pl.read_csv(ratings, separator="\t", schema_overrides={"noteId": pl.Int64}).write_parquet(packed)
        case "crlf":
            packed.write_bytes(text.replace(b"\n", b"\r\n"))
        case "bom":
            packed.write_bytes(b"\xef\xbb\xbf" + text)
    assert rows_of(packed) == rows_of(ratings)
    assert len(rows_of(packed)) == 2


def test_columns_are_found_by_name_in_any_order_and_by_alias(tmp_path, ratings):
    rows = [rating(1, "u1"), rating(2, "u2", "NOT_HELPFUL", notHelpfulOutdated=1)]
    header = [*reversed(rows[0])]
    text = as_tsv(rows, header).replace("raterParticipantId", "participantId", 1)
    (tmp_path / "other.tsv").write_text(text)
    assert rows_of(tmp_path / "other.tsv") == rows_of(ratings)


def test_unknown_column_is_reported_and_not_read(tmp_path):
    rows, report, _ = read(write(tmp_path / "r.tsv", [rating(1, "a") | {"raterMood": "sunny"}]))
    assert report.unknown_columns == ["raterMood"]
    assert "raterMood" not in rows.__slots__


def test_missing_required_column_is_named_with_its_use(tmp_path):
    row = rating(1, "a")
    del row["raterParticipantId"]
    with pytest.raises(
        InputError,
        match=r"r\.tsv: the column raterParticipantId \(or participantId\) is missing; it is needed for telling raters",
    ):
        read(write(tmp_path / "r.tsv", [row]))


def test_file_of_another_table_is_named_as_such(tmp_path):
    with pytest.raises(InputError, match=r"n\.tsv: this looks like a notes file, and ratings was asked for"):
        read(write(tmp_path / "n.tsv", [note(1, "a")]))


def test_missing_optional_column_is_reported_with_its_use(tmp_path):
    row = rating(1, "a")
    del row["ratingSourceBucketed"]
    rows, report, _ = read(write(tmp_path / "r.tsv", [row]))
    assert report.missing_columns == {
        "ratingSourceBucketed": "the guard by randomly asked raters (all count as not asked)"
    }
    assert rows.population_sampled.tolist() == [False]


def test_answers_need_one_of_the_two_forms(tmp_path):
    row = rating(1, "a")
    for name in ("helpfulnessLevel", "helpful"):
        del row[name]
    with pytest.raises(InputError, match="helpfulnessLevel is missing"):
        read(write(tmp_path / "r.tsv", [row]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"noteId": "99999999999999999999999"},
            "noteId is '99999999999999999999999', not a whole number of at most 64",
        ),
        ({"noteId": "one"}, "noteId is 'one', not a whole number"),
        ({"noteId": ""}, "noteId is empty; it must be a whole number"),
        ({"createdAtMillis": "yesterday"}, "createdAtMillis is 'yesterday', not a time"),
        ({"raterParticipantId": ""}, "raterParticipantId is empty"),
        ({"helpfulnessLevel": "HELPFULL"}, "helpfulnessLevel is 'HELPFULL', not one of .* did you mean HELPFUL?"),
        ({"helpfulClear": "2"}, "helpfulClear is '2', not 0 or 1"),
        ({"helpfulClear": "-1"}, "helpfulClear is '-1', not 0 or 1"),
        ({"notHelpfulOffTopic": ""}, "notHelpfulOffTopic is empty; it must be 0 or 1"),
        (
            {"ratingSourceBucketed": "STREET"},
            "ratingSourceBucketed is 'STREET', not one of DEFAULT, POPULATION_SAMPLED",
        ),
    ],
)
def test_bad_cell_is_named_with_file_and_line(tmp_path, change, message):
    path = write(tmp_path / "r.tsv", [rating(1, "a"), rating(2, "b") | change, rating(3, "c")])
    with pytest.raises(InputError, match=rf"r\.tsv, line 3: {message}"):
        read(path)


def test_cut_row_is_named(tmp_path, ratings):
    ratings.write_text(ratings.read_text()[:-60])
    with pytest.raises(InputError, match=r"line 3: \d+ cells where the header has 35; the row is cut"):
        read(ratings)


def test_two_rows_run_together_are_named(tmp_path):
    path = tmp_path / "r.tsv"
    lines = as_tsv([rating(1, "a"), rating(2, "b"), rating(3, "c")]).split("\n")
    path.write_text("\n".join([lines[0], lines[1] + "\t" + lines[2], lines[3], ""]))
    with pytest.raises(InputError, match=r"line 2: 70 cells where the header has 35"):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00nonsense\n", "no TSV"),
        (b"PK\x03\x04 broken", "the zip archive is damaged"),
        (b"PAR1 broken", "not a readable Parquet file"),
        (gzip.compress(b"noteId\traterParticipantId\n" * 9, mtime=0)[:-12], "damaged|missing|cannot be read"),
        (b"noteId\tnoteId\n1\t2\n", "the column noteId twice"),
        (b"noteId,raterParticipantId\n1,2\n", "separated by ',', not by tabs"),
        (b"raterParticipantId\tparticipantId\n1\t2\n", "mean the same"),
    ],
)
def test_unusable_file_is_one_clear_error(tmp_path, content, message):
    path = tmp_path / "ratings-00000.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(path)


def test_blank_lines_are_nothing(tmp_path, ratings):
    ratings.write_text(ratings.read_text() + "\n\n")
    assert len(read(ratings)[0].note) == 2


def test_file_with_a_header_alone_has_no_ratings(tmp_path):
    path = tmp_path / "r.tsv"
    path.write_text(as_tsv([rating(1, "a")]).split("\n")[0] + "\n")
    assert len(read(path)[0].note) == 0


def test_parts_are_files_folders_and_globs(tmp_path):
    for name in ("ratings-00001.tsv.gz", "ratings-00000.tsv", "notes-00000.tsv", "ratings.md"):
        (tmp_path / name).write_bytes(b"x")
    names = [path.name for path in find_parts(columns.RATINGS, [str(tmp_path)])]
    assert names == ["ratings-00000.tsv", "ratings-00001.tsv.gz"]
    assert len(find_parts(columns.RATINGS, [str(tmp_path / "ratings-*"), str(tmp_path / "ratings-00000.tsv")])) == 2
    with pytest.raises(InputError, match=r"nowhere: no ratings file there"):
        find_parts(columns.RATINGS, ["nowhere"])


def test_notes_are_sorted_and_exact_repeats_count_once(tmp_path):
    path = write(tmp_path / "notes.tsv", [note(2), note(1, classification="NOT_MISLEADING"), note(2)])
    rows, report = files.read_notes([path], files.ParticipantCodes(), summaries=True)
    assert rows.note_id.tolist() == [1, 2]
    assert rows.classification.tolist() == [0, 1]
    assert rows.summary.tolist() == ["The flood picture is from another year."] * 2
    assert report.dropped == {"repeated row": 1}


def test_two_different_rows_for_a_note_are_an_error(tmp_path):
    path = write(tmp_path / "notes.tsv", [note(2), note(2, author="other")])
    with pytest.raises(InputError, match="two different rows for noteId 2"):
        files.read_notes([path], files.ParticipantCodes())


def test_summary_with_quotes_and_line_breaks_is_one_cell(tmp_path):
    path = write(tmp_path / "notes.tsv", [note(1, summary='"rain ""today""\nand\ttomorrow"')])
    rows, _ = files.read_notes([path], files.ParticipantCodes(), summaries=True)
    assert rows.summary.tolist() == ['rain "today"\nand\ttomorrow']


def test_history_tells_an_empty_delay_from_one_that_was_left(tmp_path):
    delay = "timestampMillisOfNmrDueToMinStableCrhTime"
    path = write(
        tmp_path / "h.tsv", [history(1), history(2, **{delay: "-1.0"}), history(3, **{delay: "1793491200000.0"})]
    )
    rows, _ = files.read_status_history([path], files.ParticipantCodes())
    assert rows.delay_start_ms.tolist() == [EMPTY_DELAY, -1, 1_793_491_200_000]


def test_history_is_read_back_as_it_was_written(tmp_path):
    rows = [
        history(1, "a", currentStatus="CURRENTLY_RATED_HELPFUL", timestampMillisOfCurrentStatus=AUGUST_MS + 5),
        history(
            2, "b", lockedStatus="NEEDS_MORE_RATINGS", currentDecidedBy="CoreModel (v1.1)", currentModelingGroup=13
        ),
    ]
    first, ids = _history_by_name(write(tmp_path / "h.tsv", rows))
    public = communitynotes_write.history_columns(first, ids)
    for written in communitynotes_write.write_table(tmp_path, "note_status_history", public):
        again, ids_again = _history_by_name(written)
        assert ids_again.tolist() == ids.tolist()
        for name in HistoryRows.__slots__:
            np.testing.assert_array_equal(getattr(again, name), getattr(first, name), err_msg=name)


def _history_by_name(path):
    codes = files.ParticipantCodes()
    rows, _ = files.read_status_history([path], codes)
    ids, place = codes.ordered()
    return dataclasses.replace(rows, author=place[rows.author]), np.array(ids, np.dtypes.StringDType())


def test_enrollment_words_become_codes(tmp_path):
    path = write(tmp_path / "e.tsv", [enrolled("a", modelingGroup=13, modelingPopulation="EXPANSION"), enrolled("b")])
    rows, _ = files.read_enrollment([path], files.ParticipantCodes())
    assert rows.enrollment_state.tolist() == [1, 1]
    assert rows.modeling_group.tolist() == [13, -1]
    assert rows.population.tolist() == [1, -1]


def test_written_table_leaves_missing_numbers_empty(tmp_path):
    tsv, parquet = communitynotes_write.write_table(
        tmp_path, "t", {"x": np.array([1.5, np.nan]), "s": communitynotes_write.status_words(np.array([1, -1]))}
    )
    assert tsv.read_text() == "x\ts\n1.5\tCURRENTLY_RATED_HELPFUL\n\t\n"
    assert pl.read_parquet(parquet).rows() == [(1.5, "CURRENTLY_RATED_HELPFUL"), (None, None)]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_reader_of_damaged_files_gives_ratings_or_one_clear_error(tmp_path_factory, data):
    text = bytearray(as_tsv([rating(1, "a"), rating(2, "b", "NOT_HELPFUL"), rating(3, "c")]).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        match data.draw(st.sampled_from(["cut", "insert", "remove", "change"])):
            case "cut":
                del text[max(at, 1) :]
            case "insert":
                text[at:at] = data.draw(st.binary(min_size=1, max_size=30))
            case "remove":
                del text[at : at + data.draw(st.integers(1, 40))]
            case _:
                text[at] = data.draw(st.integers(0, 255))
        if not text:
            text += b"x"
    path = tmp_path_factory.mktemp("fuzz") / "ratings-00000.tsv"
    path.write_bytes(bytes(text))
    outcome = _outcome(path)
    if isinstance(outcome, str):
        assert "ratings-00000.tsv" in outcome
        assert "\n" not in outcome
    else:
        assert set(outcome) <= {0.0, 0.5, 1.0}


def _outcome(path):
    try:
        return read(path)[0].value.tolist()
    except InputError as error:
        return str(error)
