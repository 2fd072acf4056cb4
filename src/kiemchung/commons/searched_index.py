"""The lookup index as it stands when somebody asks, and never one that would say "nothing found" untruly."""

from typing import TYPE_CHECKING

from kiemchung.errors import LookupIndexError

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons
    from kiemchung.lookup.index import LookupIndex


def searched_index(commons: "Commons") -> "LookupIndex":
    """The index of published checks, with what other processes have added.

    Raises:
        LookupIndexError: it cannot be read, or holds none of the checks that are stored.
    """
    index = commons.index
    index.refresh()
    if not len(index) and (n_reviews := commons.store.summary()["n_reviews"]):
        raise LookupIndexError(
            f"{index.folder}: holds none of the {n_reviews} published checks that are stored; "
            "run `kiemchung index` to index them"
        )
    return index
