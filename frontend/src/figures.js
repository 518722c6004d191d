// Figures that the page's stream brings whole. Where they do not come soon after something happened,
// or the stream says so, the page fetches them itself: a little later or sooner than other boards.
import htmx from "htmx.org";

const WAIT = 2000;
const SPREAD = 2000;

export function takeFigures(place, stream) {
  const target = document.getElementById(place.dataset.liveFigures ?? "");
  if (!target) return () => {};
  let shown = 0;
  let timer = 0;
  const ask = () => {
    clearTimeout(timer);
    timer = 0;
    if (target.isConnected) target.dispatchEvent(new CustomEvent("live:fetch"));
  };
  const expect = (wait) => {
    if (!timer) timer = setTimeout(ask, wait + Math.random() * SPREAD);
  };
  stream.addEventListener("figures", (event) => {
    const { position, html } = JSON.parse(event.data);
    if (position < shown || !target.isConnected) return;
    shown = position;
    clearTimeout(timer);
    timer = 0;
    htmx.swap(target, html, { swapStyle: "innerHTML" });
  });
  stream.addEventListener("fetch", () => expect(0));
  stream.addEventListener("message", (event) => {
    if (JSON.parse(event.data).position > shown) expect(WAIT);
  });
  stream.addEventListener("reset", () => expect(WAIT));
  return () => expect(WAIT);
}
