"""Words for people, in Vietnamese and English; rooms speak in codes, doors turn them into these."""
