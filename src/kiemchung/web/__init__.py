"""Routes: parse, call commons, render."""
