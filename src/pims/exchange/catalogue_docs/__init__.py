"""The catalogue as its readers have it: names in NIEM, and the description of the events."""
