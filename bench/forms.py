"""An officer at the pages, without a browser: links by their words, forms by their labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

_TYPED_BY_NOBODY = frozenset({"submit", "button", "image", "reset", "file"})


@dataclass
class Control:
    """A box of a form; `options` are (value, text) of a list to choose from."""

    name: str
    kind: str
    id: str = ""
    value: str = ""
    on: bool = True
    options: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Button:
    text: str
    name: str = ""
    value: str = ""


@dataclass
class Form:
    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


class Page(HTMLParser):
    """What a page offers: `links` as (text, address), `forms`, `labels` by the id that they name;
    `text` is all its words."""

    def __init__(self, address: str, content: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.labels: dict[str, str] = {}
        self.words: list[str] = []
        self._form: Form | None = None
        self._list: Control | None = None
        self._words_of: list[tuple[str, Any, list[str]]] = []
        self.feed(content)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def link(self, text: str) -> str | None:
        return next((address for words, address in self.links if words == text), None)

    def has_button(self, text: str) -> bool:
        return any(one.text == text for form in self.forms for one in form.buttons)

    def form_with(self, button: str) -> tuple[Form, Button]:
        """The first whose button says that, or begins so where it ends with an ellipsis. Raises
        LookupError."""
        for form in self.forms:
            for one in form.buttons:
                begins = button.endswith("…") and one.text.startswith(button[:-1])
                if one.text == button or begins:
                    return form, one
        raise LookupError(f"{self.address} has no button {button!r}: {self.text[:2000]}")

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attrs = {name: value or "" for name, value in given}
        if tag == "form":
            self._form = Form(attrs.get("action", "")) if attrs.get("method") == "post" else None
            if self._form is not None:
                self.forms.append(self._form)
        elif tag in ("a", "label", "button", "option", "textarea"):
            self._words_of.append((tag, attrs, []))
        if self._form is None or "disabled" in attrs or not attrs.get("name"):
            return
        if tag == "input" and attrs.get("type") not in _TYPED_BY_NOBODY - {"file"}:
            kind = attrs.get("type", "text")
            on = "checked" in attrs or kind not in ("checkbox", "radio")
            value = attrs.get("value", "on" if kind in ("checkbox", "radio") else "")
            self._form.controls.append(Control(attrs["name"], kind, attrs.get("id", ""), value, on))
        elif tag == "select":
            self._list = Control(attrs["name"], "select", attrs.get("id", ""))
            self._form.controls.append(self._list)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = None
        if not any(one[0] == tag for one in self._words_of):
            return
        while self._words_of:
            opened, attrs, words = self._words_of.pop()
            self._close(opened, attrs, " ".join(" ".join(words).split()))
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        for _tag, _attrs, words in self._words_of:
            words.append(data)

    def _close(self, tag: str, attrs: dict[str, str], text: str) -> None:
        if tag == "a" and attrs.get("href"):
            self.links.append((text, attrs["href"]))
        elif tag == "label":
            self.labels[attrs.get("for", "")] = text
        elif tag == "option" and self._list is not None:
            value = attrs.get("value", text)
            self._list.options.append((value, text))
            if "selected" in attrs or len(self._list.options) == 1:
                self._list.value = value
        elif tag == "button" and self._form is not None and attrs.get("type") != "button":
            self._form.buttons.append(Button(text, attrs.get("name", ""), attrs.get("value", "")))
        elif tag == "textarea" and self._form is not None and attrs.get("name"):
            self._form.controls.append(
                Control(attrs["name"], "textarea", attrs.get("id", ""), text)
            )


@dataclass
class Officer:
    """One session; `asked` counts the pages that were opened and the forms that were sent."""

    client: Client
    asked: int = 0
    page: Page = field(default_factory=lambda: Page("", ""))

    def open(self, address: str) -> Page:
        return self._shown(self.client.get(address, follow=True), address)

    def follow(self, text: str) -> Page:
        address = self.page.link(text)
        if address is None:
            raise LookupError(f"{self.page.address} has no link {text!r}: {self.page.text[:2000]}")
        return self.open(address)

    def press(
        self, button: str, given: Mapping[str, object] | None = None, file: bytes | None = None
    ) -> Page:
        """Send the form of the button; `given` is by the label of a box or by its id without
        ``id_``; one for a list or a choice is the value or the words. Raises LookupError."""
        form, pressed = self.page.form_with(button)
        data = self._typed(form, given or {}, file)
        if pressed.name:
            data[pressed.name] = pressed.value
        address = form.action or self.page.address
        return self._shown(self.client.post(address, data, follow=True), address)

    def _typed(
        self, form: Form, given: Mapping[str, object], file: bytes | None
    ) -> dict[str, object]:
        left = {key: str(value) for key, value in given.items()}
        data: dict[str, object] = {}
        for one in form.controls:
            label = self.page.labels.get(one.id, "")
            key = next((k for k in (one.id.removeprefix("id_"), label) if k in left), None)
            value, on = one.value, one.on
            if one.kind == "file":
                if file is not None:
                    data[one.name] = SimpleUploadedFile("face.png", file, "image/png")
                continue
            if key is not None and one.kind in ("radio", "checkbox"):
                on, _ = True, left.pop(key)
            elif key is not None:
                value = self._chosen(one, left.pop(key))
            if on and one.kind == "checkbox":
                data.setdefault(one.name, [])
                data[one.name] = [*data[one.name], value]  # type: ignore[misc]
            elif on:
                data[one.name] = value
        if left:
            known = [(c.id, self.page.labels.get(c.id)) for c in form.controls]
            raise LookupError(f"{self.page.address} has no box {sorted(left)}: {known}")
        return data

    def _chosen(self, one: Control, said: str) -> str:
        if one.kind != "select":
            return said
        for value, text in one.options:
            if said in (value, text):
                return value
        raise LookupError(f"{one.name} offers no {said!r}: {one.options}")

    def _shown(self, answer: Any, asked: str) -> Page:
        chain = answer.redirect_chain
        address = chain[-1][0] if chain else asked
        self.asked += 1 + len(chain)
        if answer.status_code not in (200, 422):
            raise AssertionError(f"{address} answered {answer.status_code}")
        self.page = Page(address, answer.content.decode())
        return self.page
