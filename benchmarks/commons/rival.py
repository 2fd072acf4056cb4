"""The rival of `throughput`: the simplest FastAPI + SQLAlchemy + SQLite application that stores a rating a request.

Written as its documentation shows it: a session a request, a commit a request, SQLite as it comes (each commit waits
for the disk). No form token, no budget, no lock, no group commit.
"""

import sys
from collections.abc import Iterator
from typing import Annotated

import uvicorn
from fastapi import Cookie, Depends, FastAPI, Form
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    """Tables."""


class Note(Base):
    """A note and its claim."""

    __tablename__ = "notes"
    id: Mapped[str] = mapped_column(primary_key=True)
    claim: Mapped[str]
    text: Mapped[str]


class Rating(Base):
    """One rating."""

    __tablename__ = "ratings"
    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    rater: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]


def main(path: str, port: int, n_notes: int) -> None:
    """Serve a database file."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    make_session = sessionmaker(engine)
    with make_session() as session:
        session.add_all(
            Note(id=f"n{i}", claim="Nước chanh chữa ung thư." * 3, text="Không đúng. " * 20) for i in range(n_notes)
        )
        session.commit()

    def opened() -> Iterator[Session]:
        with make_session() as session:
            yield session

    app = FastAPI()

    @app.get("/notes/{note_id}", response_class=HTMLResponse)
    def show(note_id: str, session: Annotated[Session, Depends(opened)]) -> str:
        note = session.get_one(Note, note_id)
        return f"<!doctype html><title>Note</title><p>{note.claim}<p>{note.text}"

    @app.post("/rate")
    def rate(
        note_id: Annotated[str, Form()],
        level: Annotated[str, Form()],
        rater: Annotated[str, Cookie()],
        session: Annotated[Session, Depends(opened)],
    ) -> RedirectResponse:
        session.merge(Rating(note_id=note_id, rater=rater, level=level))
        session.commit()
        return RedirectResponse("/", 303)

    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
