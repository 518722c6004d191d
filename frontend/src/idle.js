// Warns before the session ends, keeps it while somebody works, and leaves the page when it is over.
const WARN = 60;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("pims-activity") : null;
let last = Date.now();
let asked = Date.now();
let asking = false;

const page = () => document.documentElement.dataset;

function active() {
  last = Date.now();
  channel?.postMessage(last);
}

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

/** Seconds that the server still gives; null where it can't be asked. Keeping it starts afresh. */
async function ask(keep) {
  if (!page().session || asking) return null;
  asking = true;
  try {
    const answer = await fetch(page().session, keep
      ? { method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" } }
      : { headers: { "X-Pims-Background": "1", Accept: "application/json" } });
    if (keep && answer.ok) asked = Date.now();
    if (answer.status === 401) return 0;
    return answer.ok ? (await answer.json()).seconds_left : null;
  } catch {
    return null;
  } finally {
    asking = false;
  }
}

async function over() {
  const left = await ask(false);
  if (left === 0) location.reload();
  else if (left !== null) last = Date.now() - (Number(page().idleSeconds) - left) * 1000;
}

function tick() {
  const seconds = Number(page().idleSeconds ?? 0);
  if (!seconds) return;
  const left = seconds - Math.floor((Date.now() - last) / 1000);
  const dialog = document.getElementById("p-idle");
  // The server counts requests; somebody who types for long makes none.
  if (left > WARN && last > asked && Date.now() - asked > (seconds * 1000) / 4) ask(true);
  if (left <= 0) {
    if (left % 5 === 0) over();
  } else if (left <= Math.min(WARN, seconds / 2)) {
    if (dialog && !dialog.open) dialog.showModal();
    const figure = dialog?.querySelector("[data-idle-left]");
    if (figure) figure.textContent = `${left} s`;
  } else if (dialog?.open) {
    dialog.close();
  }
}

export function initIdle() {
  for (const kind of ["keydown", "pointerdown"]) {
    addEventListener(kind, () => {
      if (!document.getElementById("p-idle")?.open) active();
    }, { passive: true, capture: true });
  }
  channel?.addEventListener("message", (event) => { last = Math.max(last, event.data); });
  document.addEventListener("close", (event) => {
    if (event.target.id === "p-idle") {
      active();
      ask(true);
    }
  }, true);
  setInterval(tick, 1000);
}
