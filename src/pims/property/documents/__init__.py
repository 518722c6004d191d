"""The papers of property: the receipt."""
