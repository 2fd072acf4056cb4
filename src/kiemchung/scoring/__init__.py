"""Ratings to scores: arrays in, arrays out; knows nothing of the server."""
