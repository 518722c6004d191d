"""The product's settings with one page more: a bare view in the same stack."""

from pims.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare_urls"
