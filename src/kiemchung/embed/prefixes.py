"""The words that some models were trained to see before a text."""


def prefixes(model: str) -> tuple[str, str]:
    """(before queries, before passages) for a model of that name; empty where none are known.

    Source: the model cards of the e5 family, arXiv:2402.05672.
    """
    name = model.lower().rpartition("/")[2]
    is_e5 = name.startswith(("e5-", "multilingual-e5-")) and "instruct" not in name
    return ("query: ", "passage: ") if is_e5 else ("", "")
