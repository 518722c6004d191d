// What was typed and not yet saved belongs to who typed it: kept in this browser for their return,
// and never shown to another user. Where the browser can (a safe address), it is locked with a key
// that the server gives to pages of that user alone, so that it outlives a switch of user and the
// browser's end; elsewhere it stays in this tab and goes when another user comes.
// Never files, passwords or tokens. `sent` is the command_id that may already have arrived: a
// restored form goes out under it again, so that nothing is saved twice.
const PREFIX = "pims-draft|";
const OWNER = "pims-draft-owner";
const MAX_AGE = 12 * 3600 * 1000;
const NEVER = new Set(["csrfmiddlewaretoken", "command_id"]);
const timers = new WeakMap();
const seen = new WeakSet();
const turns = new Map(); // how often each draft was kept or dropped: the last word counts
const locks = new Map();

const page = () => document.documentElement.dataset;
const user = () => page().user ?? "";
const locked = () => Boolean(window.crypto?.subtle && page().draftKey);
const store = () => (locked() ? localStorage : sessionStorage);
const nameOf = (draft) => `${PREFIX}${user()}|${draft}`;

const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const toBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function lock() {
  const text = page().draftKey;
  if (!locks.has(text)) {
    locks.set(text, crypto.subtle.importKey("raw", toBytes(text), "AES-GCM", false, ["encrypt", "decrypt"]));
  }
  return locks.get(text);
}

async function close(name, values) {
  const key = await lock();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bound = new TextEncoder().encode(name);
  const text = new TextEncoder().encode(JSON.stringify(values));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, key, text);
  // Piece by piece: a long form is more than a call takes at once.
  const bytes = new Uint8Array(body);
  let written = "";
  for (let at = 0; at < bytes.length; at += 8192) written += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { iv: toText(iv), body: btoa(written) };
}

async function open(name, draft) {
  if (draft.values) return draft.values;
  const bound = new TextEncoder().encode(name);
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: toBytes(draft.iv), additionalData: bound }, await lock(), toBytes(draft.body),
  );
  return JSON.parse(new TextDecoder().decode(text));
}

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

function put(name, draft) {
  try {
    store().setItem(name, JSON.stringify(draft));
  } catch {
    // A full or forbidden store only costs the convenience.
  }
}

function turn(name) {
  const next = (turns.get(name) ?? 0) + 1;
  turns.set(name, next);
  return next;
}

export function keepDraft(form, sent = null) {
  if (!form.dataset.draft || !user()) return;
  const name = nameOf(form.dataset.draft);
  const earlier = read(name);
  const head = { at: Date.now(), sent: sent ?? earlier?.sent ?? null };
  const values = snapshot(form);
  const mine = turn(name);
  if (!locked()) {
    put(name, { ...head, values });
    return;
  }
  if (earlier) put(name, { ...earlier, ...head });
  close(name, values).then((body) => {
    if (turns.get(name) === mine) put(name, { ...head, ...body });
  }, () => {});
}

export function dropDraft(draft) {
  const name = nameOf(draft);
  turn(name);
  store().removeItem(name);
}

/** The server refused and saved nothing: what is sent next is a new wish with a new id. */
export function forgetSent(draft) {
  const name = nameOf(draft);
  const kept = read(name);
  if (kept) put(name, { ...kept, sent: null });
}

function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

const read = (name) => parsed(store().getItem(name));

/** What is too old goes, whoever wrote it. */
function tidy() {
  for (const place of [localStorage, sessionStorage]) {
    for (const name of Object.keys(place)) {
      if (!name.startsWith(PREFIX)) continue;
      const at = parsed(place.getItem(name))?.at ?? 0;
      if (Date.now() - at > MAX_AGE) place.removeItem(name);
    }
  }
}

/** What is not locked goes with its user. */
function dropOpenDrafts() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
}

async function restore(form) {
  const name = nameOf(form.dataset.draft);
  const draft = read(name);
  if (!draft) return;
  let values;
  try {
    values = await open(name, draft);
  } catch {
    store().removeItem(name); // of another key: nobody can read it any more
    return;
  }
  if (!form.isConnected || timers.has(form)) return;
  const counts = new Map();
  let changed = false;
  for (const e of fields(form)) {
    const field = slot(e, counts);
    if (!(field in values)) continue;
    const value = values[field];
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
  try {
    tidy();
    const owner = sessionStorage.getItem(OWNER);
    if (user()) {
      if (owner && owner !== user()) dropOpenDrafts();
      sessionStorage.setItem(OWNER, user());
    }
  } catch {
    return; // the browser keeps nothing
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
  if (event.target instanceof Element && event.target.matches("[data-ends-session]")) dropOpenDrafts();
});
