"""The Embedder port: the default model, and a hashing one for tests."""
