"""Filling an empty shelf with very many people: what `shelve` would make, written by COPY.

For an installation that nobody uses yet. Nothing is compared with what is there, for nothing is.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any
