import pytest

from kiemchung.embed import open_embedder
from kiemchung.lookup.index import LookupIndex


@pytest.fixture(scope="module")
def index(request, tmp_path_factory):
    """The DOCUMENTS of the test module, indexed."""
    with LookupIndex.open(tmp_path_factory.mktemp("i") / "index", open_embedder("hashing"), create=True) as index:
        index.upsert(request.module.DOCUMENTS)
        index.commit()
        yield index
