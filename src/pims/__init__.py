"""PIMS: the system of record of a prison service."""

__version__ = "0.1.0"
