// Figures that the page's stream brings whole. Where they do not come soon after something happened,
// or the stream says so, the page fetches them itself: a little later or sooner than other boards.
import htmx from "htmx.org";

const WAIT = 2000;
const SPREAD = 2000;
const kept = new WeakSet();

export function takeFigures(id, stream) {
  const target = document.getElementById(id ?? "");
  if (!target) return () => {};
  if (!kept.has(target)) {
    kept.add(target);
    keepPlace(target);
  }
  let shown = 0;
  let timer = 0;
  const ask = () => {
    clearTimeout(timer);
    timer = 0;
    if (target.isConnected) target.dispatchEvent(new CustomEvent("live:fetch"));
  };
  const expect = (wait, spread = SPREAD) => {
    if (!timer) timer = setTimeout(ask, wait + Math.random() * spread);
  };
  stream.addEventListener("figures", (event) => {
    const { position, html } = JSON.parse(event.data);
    if (position < shown || !target.isConnected) return;
    shown = position;
    clearTimeout(timer);
    timer = 0;
    if (html !== null) swap(target, html);
  });
  stream.addEventListener("fetch", (event) => {
    clearTimeout(timer);
    timer = 0;
    expect(0, JSON.parse(event.data).spread);
  });
  stream.addEventListener("message", (event) => {
    if (JSON.parse(event.data).position > shown) expect(WAIT);
  });
  stream.addEventListener("reset", () => expect(WAIT));
  return () => expect(WAIT);
}

// Whoever reads on with the keyboard stays where they are.
function place(target) {
  const active = document.activeElement;
  return target.contains(active) ? active.getAttribute("href") : null;
}

function back(target, address) {
  if (!address || target.contains(document.activeElement)) return;
  const again = [...target.querySelectorAll("a")].find((link) => link.getAttribute("href") === address);
  again?.focus({ preventScroll: true });
}

function swap(target, html) {
  const address = place(target);
  htmx.swap(target, html, { swapStyle: "innerHTML" });
  back(target, address);
}

function keepPlace(target) {
  let address = null;
  target.addEventListener("htmx:beforeSwap", () => {
    address = place(target);
  });
  target.addEventListener("htmx:afterSwap", () => {
    back(target, address);
    address = null;
  });
}
