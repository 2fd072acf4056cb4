"""The public log at a million entries."""
