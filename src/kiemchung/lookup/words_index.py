"""BM25 over our own terms, each language by itself (tantivy)."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kiemchung.errors import LookupIndexError

_TEXT, _ROW = "terms", "row"
_WRITER_BYTES = 64_000_000
#: More would only match common words; the rarest are kept.
_MAX_QUERY_TERMS = 64


def primary(language: str) -> str:
    """`pt-BR` -> `pt`; empty and unknown ones -> `und`."""
    return language.split("-")[0].split("_")[0].lower() or "und"


class WordsIndex:
    """Terms of documents by row number; a term carries its language, so that each language has its own frequencies."""

    def __init__(self, folder: Path) -> None:
        import tantivy  # heavy: only where an index is opened

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_TEXT, stored=False, tokenizer_name="kc", index_option="freq")
        builder.add_unsigned_field(_ROW, stored=False, indexed=True, fast=True)
        self._schema = builder.build()
        try:
            self._index = tantivy.Index(self._schema, str(folder))
        except ValueError as error:
            raise LookupIndexError(
                f"{folder}: the words cannot be read ({error}); run `kiemchung index --rebuild`"
            ) from error
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("kc", analyzer)
        self._searcher = self._index.searcher()
        self._writer: Any = None

    def add(self, rows: Iterable[tuple[int, Sequence[str], str]]) -> None:
        """Add (row, `index_terms` of its text, primary language)."""
        writer = self._open_writer()
        for row, terms, language in rows:
            marked = " ".join(f"{language}|{term}" for term in terms)
            document = self._tantivy.Document()
            document.add_text(_TEXT, marked)
            document.add_unsigned(_ROW, row)
            writer.add_document(document)

    def remove(self, rows: Iterable[int]) -> None:
        """Forget rows."""
        writer = self._open_writer()
        for row in rows:
            # delete_documents_by_term takes the number for a signed one and finds nothing (tantivy-py 0.27)
            writer.delete_documents_by_query(self._tantivy.Query.term_query(self._schema, _ROW, int(row)))

    def remove_from(self, row: int) -> None:
        """Forget all rows from `row` on: what an interrupted commit left behind."""
        tantivy = self._tantivy
        later = tantivy.Query.range_query(self._schema, _ROW, tantivy.FieldType.Unsigned, lower_bound=row)
        self._open_writer().delete_documents_by_query(later)

    def commit(self) -> None:
        """Make additions and removals lasting and visible."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self.reload()

    def close(self) -> None:
        """Drop what was not committed."""
        if self._writer is not None:
            self._writer.rollback()
            self._writer.wait_merging_threads()
            self._writer = None

    def reload(self) -> None:
        """See what another process committed."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def frequency(self, term: str, language: str) -> int:
        """Documents of the language that hold the term."""
        found: int = self._searcher.doc_freq(_TEXT, f"{language}|{term}")
        return found

    def search(self, query_terms: Sequence[str], language: str, limit: int) -> list[tuple[int, float]]:
        """(row, BM25) of documents in this language, best first; equal scores by row."""
        tantivy = self._tantivy
        counted = {term: self.frequency(term, language) for term in dict.fromkeys(query_terms)}
        known = sorted((term for term in counted if counted[term]), key=lambda term: counted[term])[:_MAX_QUERY_TERMS]
        if not known:
            return []
        queries = [tantivy.Query.term_query(self._schema, _TEXT, f"{language}|{t}", index_option="freq") for t in known]
        either = tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])
        hits = self._searcher.search(either, limit=limit, count=False).hits
        rows: list[Any] = self._searcher.fast_field_values(_ROW, [address for _, address in hits])
        return sorted(((int(row), float(score)) for row, (score, _) in zip(rows, hits, strict=True)), key=_best_first)

    def _open_writer(self) -> Any:
        if self._writer is None:
            try:
                self._writer = self._index.writer(_WRITER_BYTES, 1)
            except ValueError as error:
                raise LookupIndexError(f"another process is writing this index ({error})") from error
        return self._writer


def _best_first(hit: tuple[int, float]) -> tuple[float, int]:
    return -hit[1], hit[0]
