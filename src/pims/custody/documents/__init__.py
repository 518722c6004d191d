"""The papers of custody: admission form, ID card and the page of the reception book."""
