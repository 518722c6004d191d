"""Sentences: from the court's words to dates, and why each date is what it is."""
