"""Fingerprints and faces as other systems write them: minutiae records, transactions, WSQ.

Every reader takes bytes from a stranger: what it cannot use it refuses with `Unusable`, in time and
memory that grow with the bytes at hand and never with a number written inside them (`bounds`).
"""
