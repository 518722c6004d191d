"""Erasure by order: everything about a person destroyed, but for the number and a tombstone."""
