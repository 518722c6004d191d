"""The papers of the board: the daily state."""
