import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.notes.codename import (
    LANGUAGES,
    WORDS_PER_CODENAME,
    all_words,
    appears_in,
    canonical,
    new_codename,
    word_list,
)
from kiemchung.text import fold


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_list_holds_enough_entropy_and_no_two_alike(language):
    chosen = word_list(language)
    assert len(chosen) >= 2048
    assert chosen.bits >= 89
    assert len({fold(w) for w in all_words(language)}) == len(chosen)


def _one_edit_apart(a, b):
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def test_english_parts_are_not_confusable():
    for half in (word_list("en").first, word_list("en").second):
        assert [(a, b) for i, a in enumerate(half) for b in half[i + 1 :] if _one_edit_apart(a, b)] == []


@given(seed=st.integers(0, 2**32), language=st.sampled_from(LANGUAGES))
def test_canonical_is_the_same_however_it_is_typed(seed, language):
    codename = new_codename(language, draw=random.Random(seed).randrange)
    typed = fold(codename).replace(",", "  ").upper()
    assert canonical(typed) == canonical(codename)
    assert len(codename.split(", ")) == WORDS_PER_CODENAME


def test_canonical_names_the_part_that_is_in_no_list():
    codename = new_codename("vi", draw=random.Random(1).randrange)
    parts = codename.replace(",", "").split()
    parts[4] = "zzzz"
    with pytest.raises(InputError, match="part 5 is in no list"):
        canonical(" ".join(parts))


def test_canonical_refuses_too_few_words():
    with pytest.raises(InputError, match="2 parts were typed"):
        canonical("mèo xanh")


@given(seed=st.integers(0, 2**32), language=st.sampled_from(LANGUAGES))
def test_appears_in_finds_three_words_in_a_row_without_marks(seed, language):
    codename = new_codename(language, draw=random.Random(seed).randrange)
    some = ", ".join(codename.split(", ")[2:5])
    assert appears_in(codename, f"tôi là {fold(some)} đây")
    assert not appears_in(codename, "Nước chanh không chữa được ung thư.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_g16_own_codename_is_found_however_it_is_pasted(language):
    own = new_codename(language, draw=random.Random(7).randrange).split(", ")
    spoken = " ".join(own)
    for text in (
        "\n".join(f"{number}. {word}" for number, word in enumerate(own, 1)),
        ", ".join(reversed(own)),
        "".join(own).replace(" ", ""),
        "https://a.example/?q=" + "+".join(spoken.split()),
        spoken.replace(" ", "\u200b"),
        "\u00ad".join(spoken),
        unicodedata.normalize("NFD", spoken.upper()),
        " xx ".join(own[:3]),
    ):
        assert appears_in(", ".join(own), text), text
    assert not appears_in(", ".join(own), ", ".join(own[:2]))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("plain", "drawn"),
    [
        ("acehikmnoptuxy", "асеһікмпортυху"),  # Cyrillic
        ("acehikmoptxyq", "АСЕҺІКМОРТХУԚ"),  # its capitals
        ("abehikmnoptuvxyz", "ΑΒΕΗΙΚΜΝΟΡΤυνΧΥΖ"),  # Greek
        ("abcdghiklmprstvwz", "ᎪᏴᏟᎠᏀᎻᎥᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃ"),  # Cherokee
        ("ghnoqu", "ցհոօզս"),  # Armenian
        ("abcdeghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ"),  # small capitals
        ("abdghilotuz", "ⱥƀđǥħɨłøŧʉƶ"),  # strokes through Latin letters
        ("aceilnorst", "🅐🅒🅔🅘🅛🅝🅞🅡🅢🅣"),  # white on black
        ("iol", "101"),
    ],
)
def test_g16_own_codename_is_found_in_letters_that_look_alike(language, plain, drawn):
    own = new_codename(language, draw=random.Random(7).randrange)
    disguised = fold(own).translate(str.maketrans(plain, drawn))
    assert disguised != fold(own)
    assert appears_in(own, disguised), disguised


def test_g16_figures_between_the_parts_hide_nothing():
    own = new_codename("en", draw=random.Random(7).randrange)
    counted = " ".join(f"{number}) {part}" for number, part in enumerate(own.replace(",", "").split(), 1))
    assert appears_in(own, counted)


def test_ordinary_text_of_other_scripts_gives_no_codename_away():
    own = new_codename("vi", draw=random.Random(7).randrange)
    assert not appears_in(own, "Вода в озере кипит при ста градусах. Το νερό βράζει. น้ำเดือด. 水在一百度沸腾。 100 000")
