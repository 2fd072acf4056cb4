"""The Fetcher port: polite, bounded reading of public addresses."""
