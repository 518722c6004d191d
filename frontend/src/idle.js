// Warns before the session ends, keeps it while somebody works, and hides the page when it is over.
const WARN = 60;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("pims-activity") : null;
let last = Date.now();
let asked = Date.now();

const limit = () => Number(document.documentElement.dataset.idleSeconds ?? 0);
const keepUrl = () => document.documentElement.dataset.keep;

function active() {
  last = Date.now();
  channel?.postMessage(last);
}

async function keep() {
  asked = Date.now();
  if (keepUrl()) {
    const answer = await fetch(keepUrl(), { credentials: "same-origin", redirect: "manual" }).catch(() => null);
    if (answer && answer.type === "opaqueredirect") location.reload();
  }
}

function tick() {
  const seconds = limit();
  if (!seconds) return;
  const left = seconds - Math.floor((Date.now() - last) / 1000);
  const dialog = document.getElementById("p-idle");
  // The server counts requests; somebody who types for long makes none.
  if (left > WARN && Date.now() - asked > (seconds * 1000) / 3 && last > asked) keep();
  if (left <= 0) {
    location.reload();
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
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-idle-stay]")) {
      active();
      keep();
    }
  });
  document.addEventListener("close", (event) => {
    if (event.target.id === "p-idle") active();
  }, true);
  setInterval(tick, 1000);
}
