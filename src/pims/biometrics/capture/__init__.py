"""The capture bridge: a small program on an officer's PC between the page and a scanner."""
