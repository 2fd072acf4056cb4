"""G22: no source is privileged: another domain in every source changes no status and no number."""

from dataclasses import replace

from kiemchung.commons.score_notes import score_notes
from kiemchung.model import Source
from kiemchung.store.contributions import _encode
from tests.guarantees.conftest import DRAFT, two_camps


def test_g22_no_hidden_privilege_another_domain_gives_the_same_scores(commons):
    two_camps(commons.contributions, raters=24, notes=20)
    score_notes(commons)  # a status that is held already is judged by another rule than a first one
    seen = []
    for domain in ("a.example", "www.who.int", "nhandan.vn"):
        put_sources(commons, f"https://{domain}/x")
        scores = score_notes(commons).scores
        seen.append([(score.status, score.rule, score.numbers) for _, score in sorted(scores.items())])
    assert seen[0] == seen[1] == seen[2]


def put_sources(commons, url):
    """Change the sources of every note behind the site's back: a rated note is not edited otherwise."""
    draft = replace(DRAFT, sources=(Source(url, "Không."),))
    database = commons.contributions._database
    database.write(lambda c: c.exec_driver_sql("UPDATE notes SET content = ?", (_encode(draft),)))
    assert {note.draft.sources[0].url for note in commons.contributions.get_notes(["n00", "n19"]).values()} == {url}
