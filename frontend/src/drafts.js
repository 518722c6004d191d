// What was typed and not yet saved belongs to who typed it: kept in this browser for their return,
// and never shown to another user. Where the browser can (a safe address), it is locked with a key
// that the server gives to pages of that user alone, so that it outlives a switch of user and the
// browser's end; elsewhere it stays in this tab and goes when another user comes.
// Never files, passwords or tokens. `sent` is the command_id that may already have arrived: a
// restored form goes out under it again, so that nothing is saved twice.
// With the draft goes what the record said when the form was opened (`base`, and its `version`):
// whoever comes back to a record that somebody else changed sees both beside each other.
import { putBeside } from "./newer.js";

const PREFIX = "pims-draft|";
const OWNER = "pims-draft-owner";
const MAX_AGE = 12 * 3600 * 1000;
const NEVER = new Set(["csrfmiddlewaretoken", "command_id"]);
const timers = new WeakMap();
const seen = new WeakSet();
const turns = new Map(); // how often each draft was kept or dropped: the last word counts
const locks = new Map();
const opened = new Map(); // what the record said when each form was opened, and its version

const versionOf = (form) => form.elements.version?.value ?? "";
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

async function close(name, kept) {
  const key = await lock();
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bound = new TextEncoder().encode(name);
  const text = new TextEncoder().encode(JSON.stringify(kept));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, key, text);
  // Piece by piece: a long form is more than a call takes at once.
  const bytes = new Uint8Array(body);
  let written = "";
  for (let at = 0; at < bytes.length; at += 8192) written += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { iv: toText(iv), body: btoa(written) };
}

async function open(name, draft) {
  if (draft.values) return draft;
  const bound = new TextEncoder().encode(name);
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: toBytes(draft.iv), additionalData: bound }, await lock(), toBytes(draft.body),
  );
  const kept = JSON.parse(new TextDecoder().decode(text));
  return "values" in kept && "base" in kept ? kept : { values: kept };
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
  const kept = { values: snapshot(form), ...(opened.get(name) ?? { base: null, version: "" }) };
  const mine = turn(name);
  if (!locked()) {
    put(name, { ...head, ...kept });
    return;
  }
  if (earlier) put(name, { ...earlier, ...head });
  close(name, kept).then((body) => {
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
  let kept;
  try {
    kept = await open(name, draft);
  } catch {
    store().removeItem(name); // of another key: nobody can read it any more
    return;
  }
  if (!form.isConnected || timers.has(form)) return;
  const moved = Boolean(kept.base && kept.version && kept.version !== versionOf(form));
  const counts = new Map();
  const found = [];
  for (const box of fields(form)) {
    const field = slot(box, counts);
    if (!(field in kept.values)) continue;
    const now = valueOf(box);
    const base = moved && field in kept.base ? kept.base[field] : now;
    found.push({ box, now, base, typed: kept.values[field], set: (value) => give(box, value) });
  }
  const differs = found.some((one) => JSON.stringify(one.now) !== JSON.stringify(one.typed));
  // Sent again it is compared with what is on record now, no more with what was there then.
  if (!moved && kept.base) opened.set(name, { base: kept.base, version: kept.version });
  const theirs = putBeside(found);
  if (draft.sent && form.elements.command_id) form.elements.command_id.value = draft.sent;
  if (differs || draft.sent) offerToDiscard(form, theirs > 0 ? "p-restored-beside" : "p-restored");
}

function give(box, value) {
  if (JSON.stringify(valueOf(box)) === JSON.stringify(value)) return;
  if (chosen(box)) box.checked = value;
  else if (box.multiple) for (const o of box.options) o.selected = value.includes(o.value);
  else box.value = value;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function offerToDiscard(form, words) {
  const note = document.getElementById(words)?.content.cloneNode(true);
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
    const name = nameOf(form.dataset.draft);
    // A form that came back to be put right holds what was typed, not what is on record.
    if (!answered || opened.get(name)?.version !== versionOf(form)) {
      opened.set(name, { base: snapshot(form), version: versionOf(form) });
    }
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
