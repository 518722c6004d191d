"""The papers of release: discharge certificate, discharge book, official copy of the file."""
