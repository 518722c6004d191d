"""Biometrics: whose finger, whose face; the examiner's word on what the matcher found."""
