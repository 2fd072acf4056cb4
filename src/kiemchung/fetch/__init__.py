"""The Fetcher port: polite, bounded reading of public addresses (G19)."""

from kiemchung.fetch.safe import SafeFetcher

__all__ = ["SafeFetcher"]
