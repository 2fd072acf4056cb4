"""G17: limits hold no address, and what they hold means nothing tomorrow or to another process."""

import ast
from pathlib import Path

import kiemchung
from kiemchung.commons.sessions import Budgets
from kiemchung.notes.eligibility import Action

SOURCE = Path(kiemchung.__file__).parent
KEY = b"K" * 32


def test_g17_limits_hold_no_address_and_no_module_asks_for_one():
    asking = [
        (path.relative_to(SOURCE).as_posix(), node.lineno)
        for path in (SOURCE / "web").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ("client", "remote_addr", "client_addr"))
        or (isinstance(node, ast.Constant) and str(node.value).lower() in ("x-forwarded-for", "x-real-ip", "forwarded"))
    ]
    assert asking == []


def test_g17_limits_hold_only_what_a_days_key_has_hidden():
    one, other = Budgets(), Budgets()
    for budgets in (one, other):
        assert budgets.take(KEY, Action.RATE, 1, "2026-09-21")
        assert not budgets.take(KEY, Action.RATE, 1, "2026-09-21")
        assert KEY not in repr(vars(budgets)).encode()
    first, second = set(one._done), set(other._done)
    assert first.isdisjoint(second)  # after a restart, what one process held says nothing
    assert one.take(KEY, Action.RATE, 1, "2026-09-22")
    assert first.isdisjoint(one._done)  # nor after midnight
    assert len(one._done) == 1
