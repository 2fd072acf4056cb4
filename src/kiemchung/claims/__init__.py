"""Text to claims: sentences with spans, language, check-worthiness. Opinions are set aside here."""
