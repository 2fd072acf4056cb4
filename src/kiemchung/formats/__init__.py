"""Nouns to public bytes and back; one module a format."""
