"""Figures of the claims room, each next to a named alternative."""
