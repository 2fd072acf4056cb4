"""Drafts to notes and ratings: codenames, redaction, what a note needs, who may write. Pure; opens no database."""
