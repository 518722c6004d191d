"""Renders a piece of template as a page would, components and all."""

from typing import Any

from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler


def rendered(source: str, *, path: str = "/somewhere/", **context: Any) -> str:
    """What the browser gets for the source, in the language in force."""
    request: HttpRequest = RequestFactory().get(path)
    template = Template(CottonCompiler().process(source))
    return template.render(Context({"request": request, "csrf_token": "token", **context}))
