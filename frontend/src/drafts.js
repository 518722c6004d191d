// What was typed and not yet saved, kept in this tab for the same user: one draft a form.
// Never files, passwords or tokens. `sent` is the command_id that may already have arrived: a
// restored form goes out under it again, so that nothing is saved twice.
const PREFIX = "pims-draft|";
const OWNER = "pims-draft-owner";
const MAX_AGE = 12 * 3600 * 1000;
const NEVER = new Set(["csrfmiddlewaretoken", "command_id"]);
const timers = new WeakMap();
const seen = new WeakSet();

const user = () => document.documentElement.dataset.user ?? "";
const keyOf = (form) => `${PREFIX}${user()}|${form.dataset.draft}`;
const allKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));

function fields(form) {
  return [...form.elements].filter(
    (e) => e.name && !NEVER.has(e.name) && !["file", "password", "submit", "button", "hidden"].includes(e.type),
  );
}

const chosen = (e) => e.type === "checkbox" || e.type === "radio";
const valueOf = (e) => (chosen(e) ? e.checked : e.multiple ? [...e.selectedOptions].map((o) => o.value) : e.value);
const slot = (e, counts) => {
  const base = e.type === "radio" || e.type === "checkbox" ? `${e.name}=${e.value}` : e.name;
  const n = counts.get(base) ?? 0;
  counts.set(base, n + 1);
  return n ? `${base}#${n}` : base;
};

function snapshot(form) {
  const counts = new Map();
  return Object.fromEntries(fields(form).map((e) => [slot(e, counts), valueOf(e)]));
}

export function keepDraft(form, sent = null) {
  if (!form.dataset.draft || !user()) return;
  const earlier = read(form);
  const draft = { at: Date.now(), sent: sent ?? earlier?.sent ?? null, values: snapshot(form) };
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify(draft));
  } catch {
    // A full or forbidden store only costs the convenience.
  }
}

export function dropDraft(name) {
  sessionStorage.removeItem(`${PREFIX}${user()}|${name}`);
}

/** The server refused and saved nothing: what is sent next is a new wish with a new id. */
export function forgetSent(name) {
  const key = `${PREFIX}${user()}|${name}`;
  const draft = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (draft) sessionStorage.setItem(key, JSON.stringify({ ...draft, sent: null }));
}

export function dropAllDrafts() {
  for (const key of allKeys()) sessionStorage.removeItem(key);
}

function read(form) {
  const draft = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");
  if (draft && Date.now() - draft.at > MAX_AGE) {
    sessionStorage.removeItem(keyOf(form));
    return null;
  }
  return draft;
}

function restore(form) {
  const draft = read(form);
  if (!draft) return;
  const counts = new Map();
  let changed = false;
  for (const e of fields(form)) {
    const name = slot(e, counts);
    if (!(name in draft.values)) continue;
    const value = draft.values[name];
    if (JSON.stringify(valueOf(e)) === JSON.stringify(value)) continue;
    changed = true;
    if (chosen(e)) e.checked = value;
    else if (e.multiple) for (const o of e.options) o.selected = value.includes(o.value);
    else e.value = value;
    e.dispatchEvent(new Event("change", { bubbles: true }));
  }
  if (draft.sent && form.elements.command_id) form.elements.command_id.value = draft.sent;
  if (changed || draft.sent) offerToDiscard(form);
}

function offerToDiscard(form) {
  const note = document.getElementById("p-restored")?.content.cloneNode(true);
  if (!note) return;
  note.querySelector("[data-draft-discard]").addEventListener("click", () => {
    dropDraft(form.dataset.draft);
    location.reload();
  });
  form.prepend(note);
}

export function initDrafts(scope, answered) {
  const owner = sessionStorage.getItem(OWNER);
  if (user()) {
    if (owner && owner !== user()) dropAllDrafts();
    sessionStorage.setItem(OWNER, user());
  }
  const forms = scope.matches?.("form[data-draft]") ? [scope] : scope.querySelectorAll("form[data-draft]");
  for (const form of forms) {
    if (seen.has(form)) continue;
    seen.add(form);
    if (!answered) restore(form);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => {
    // Sent meanwhile, or gone with its page: what is kept then is no draft any more.
    if (form.isConnected && !("sending" in form.dataset)) keepDraft(form);
  }, 300));
});

document.addEventListener("submit", (event) => {
  if (event.target instanceof Element && event.target.matches("[data-ends-session]")) dropAllDrafts();
});
