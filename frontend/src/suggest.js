// Suggestions under a text box (ARIA combobox). The text may always be something else.
import { say, word } from "./words.js";

const done = new WeakSet();
let serial = 0;

export function initSuggest(scope) {
  for (const input of scope.querySelectorAll("[data-suggest]")) {
    if (done.has(input)) continue;
    done.add(input);
    attach(input);
  }
}

function attach(input) {
  const list = document.createElement("ul");
  list.id = `p-suggest-${(serial += 1)}`;
  list.className = "p-suggest__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() ?? word("suggestions"));
  list.hidden = true;
  const holder = document.createElement("div");
  holder.className = "p-suggest";
  input.before(holder);
  holder.append(input, list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let found = [];
  let current = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const item = found[index];
    const target = document.getElementById(input.dataset.suggestTarget ?? "");
    input.value = target ? item.label : item.value;
    if (target) target.value = item.value;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.dispatchEvent(new CustomEvent("suggestion", { bubbles: true, detail: item }));
  };
  const point = (index) => {
    current = (index + found.length) % found.length;
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === current)));
    input.setAttribute("aria-activedescendant", `${list.id}-${current}`);
    list.children[current].scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    list.replaceChildren(...found.map((item, index) => {
      const li = document.createElement("li");
      li.id = `${list.id}-${index}`;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      li.textContent = item.label;
      li.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(index);
      });
      return li;
    }));
    list.hidden = found.length === 0;
    current = -1;
    input.setAttribute("aria-expanded", String(found.length > 0));
    say(found.length ? `${found.length} ${word("suggestions")}` : word("noSuggestions"));
  };
  const ask = async () => {
    const text = input.value.trim();
    if (text.length < 2) {
      close();
      return;
    }
    const mine = (asked += 1);
    const url = new URL(input.dataset.suggest, location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (mine !== asked || !answer?.ok || document.activeElement !== input) return;
    found = await answer.json();
    draw();
  };

  input.addEventListener("input", () => {
    const target = document.getElementById(input.dataset.suggestTarget ?? "");
    if (target) target.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") point(current + 1);
    else if (event.key === "ArrowUp") point(current < 0 ? found.length - 1 : current - 1);
    else if (event.key === "Enter" && current >= 0) choose(current);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
