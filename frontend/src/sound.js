// What must be heard at a desk: somebody is to be released, or a critical alarm. The page is told by
// its stream that something happened; what it was, and whether this viewer may know, it asks the
// server. What was heard is remembered in this browser, so that a new page is silent about it.
const PREFERENCE = "pims-sound";
const HEARD = "pims-heard|";
const TONES = { // hertz, begin and length in seconds
  release: [[659, 0, 0.16], [880, 0.18, 0.3]],
  alarm: [[988, 0, 0.14], [740, 0.16, 0.14], [988, 0.32, 0.14], [740, 0.48, 0.24]],
};
const LOUD = 0.25;
const Context = window.AudioContext ?? window.webkitAudioContext;
const seen = new WeakSet();
let context = null;
let missed = ""; // what came while the browser still wanted a key or a click
let asking = false;
let again = false;

const kept = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const keep = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A forbidden store costs the memory, not the sound.
  }
};

let chosen = kept(PREFERENCE) === "on";

function state() {
  if (!Context) return "none";
  if (!chosen) return "off";
  return context?.state === "running" ? "on" : "waits";
}

function show() {
  for (const place of document.querySelectorAll("[data-sound]")) {
    for (const text of place.querySelectorAll("[data-sound-state]")) {
      text.hidden = text.dataset.soundState !== state();
    }
    place.querySelector("[data-sound-switch]").hidden = state() === "none";
    place.dataset.soundIs = state();
  }
}

async function wake() {
  if (!Context || !chosen) return;
  context ??= new Context();
  context.onstatechange = show;
  if (context.state !== "running") {
    try {
      // Without a key or a click the promise may wait for ever.
      await Promise.race([context.resume(), new Promise((go) => setTimeout(go, 400))]);
    } catch {
      // It waits on.
    }
  }
  show();
  if (missed && context.state === "running") play(missed);
}

function play(kind) {
  if (!chosen || !Context) return;
  if (context?.state !== "running") {
    if (missed !== "alarm") missed = kind;
    return;
  }
  missed = "";
  for (const [hertz, begin, length] of TONES[kind] ?? TONES.alarm) {
    const at = context.currentTime + begin;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUD, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + length);
  }
}

async function look() {
  const place = document.querySelector("[data-sound]");
  if (!place) return;
  again = asking;
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(place.dataset.sound, {
      headers: { Accept: "application/json", "X-Pims-Background": "1" },
    });
    if (answer.ok) await (navigator.locks?.request("pims-sound", () => told(answer)) ?? told(answer));
  } catch {
    // No connection: the stream says so, and asks again when it is back.
  } finally {
    asking = false;
    if (again) look();
  }
}

async function told(answer) {
  const { sounding } = await answer.json();
  const key = HEARD + (document.documentElement.dataset.user ?? "");
  const before = kept(key);
  const heard = new Set(JSON.parse(before ?? "[]"));
  const fresh = before === null ? [] : sounding.filter((one) => !heard.has(one.key));
  keep(key, JSON.stringify(sounding.map((one) => one.key)));
  if (!fresh.length) return;
  const said = document.querySelector("[data-sound-said]");
  said?.replaceChildren(...fresh.flatMap((one, n) => [n ? " · " : "", linked(one)]));
  play(fresh.some((one) => one.kind === "alarm") ? "alarm" : "release");
}

/** Where something is done about it is one press away. */
function linked(one) {
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = one.url;
  link.textContent = one.text;
  return link;
}

function concerns(event) {
  if (event.detail.name !== "message") return true; // reconnected, or too much was missed
  try {
    const { kind } = JSON.parse(event.detail.data);
    return kind.startsWith("release.") || kind.startsWith("assurance.alarm");
  } catch {
    return true;
  }
}

export function initSound(scope) {
  const places = scope.matches?.("[data-sound]") ? [scope] : scope.querySelectorAll("[data-sound]");
  for (const place of places) {
    if (seen.has(place)) continue;
    seen.add(place);
    place.querySelector("[data-sound-switch]").addEventListener("click", async () => {
      if (state() === "waits") {
        await wake();
        return;
      }
      chosen = !chosen;
      keep(PREFERENCE, chosen ? "on" : "off");
      if (!chosen) missed = "";
      await wake();
      if (chosen) play("release"); // so that one hears how loud it is
      show();
    });
    show();
    wake();
    look();
  }
  if (!seen.has(document.body)) {
    seen.add(document.body);
    document.body.addEventListener("live", (event) => {
      if (concerns(event)) look();
    });
  }
}

// Any key or click lets the browser sound, wherever on the page it is.
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, () => {
    if (chosen && state() === "waits") wake();
  }, { passive: true, capture: true });
}
addEventListener("storage", (event) => {
  if (event.key !== PREFERENCE) return;
  chosen = event.newValue === "on";
  wake();
  show();
});
