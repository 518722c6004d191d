// The event stream of a page: every event becomes `live` (and `live:<name>`) on the body, which
// whoever must know each of them answers. What only looks again waits for `live:look`: at once, then
// at most every 300 ms, and always after the last event. The address hands out a fresh pass each
// time, so a stream that ends is opened again there, and then everything is asked for once. With
// `data-live-figures` the stream brings the figures of that element along.
import { takeFigures } from "./figures.js";

const streams = new Map();
const AGAIN = 3000;
const LOOK = 300;
let resting = false;
let more = false;

export function initLive(scope) {
  for (const [place, stream] of streams) {
    if (!place.isConnected) {
      stream.close();
      streams.delete(place);
    }
  }
  for (const place of scope.querySelectorAll("[data-live]")) {
    if (!streams.has(place) && place.dataset.live) open(place, false);
  }
}

function tell(name, data) {
  const detail = { name, data };
  document.body.dispatchEvent(new CustomEvent("live", { detail }));
  look();
  if (name !== "message") document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
}

function look() {
  more = resting;
  if (resting) return;
  resting = true;
  document.body.dispatchEvent(new CustomEvent("live:look"));
  setTimeout(() => {
    resting = false;
    if (more) look();
  }, LOOK);
}

function show(place, on) {
  place.classList.toggle("is-off", !on);
  for (const text of place.querySelectorAll("[data-live-state]")) {
    text.hidden = (text.dataset.liveState === "on") !== on;
  }
}

function open(place, missed) {
  const address = place.dataset.live + (missed ? `${place.dataset.live.includes("?") ? "&" : "?"}again=1` : "");
  const stream = new EventSource(address, { withCredentials: true });
  const expectFigures = takeFigures(place.dataset.liveFigures, stream);
  streams.set(place, stream);
  let lost = missed;
  const again = (delay) => {
    stream.close();
    setTimeout(() => {
      if (place.isConnected && streams.get(place) === stream) open(place, true);
    }, delay);
  };
  stream.addEventListener("open", () => {
    show(place, true);
    if (lost) {
      tell("reconnected", "");
      expectFigures();
    }
    lost = false;
  });
  stream.addEventListener("error", () => {
    lost = true;
    show(place, false);
    if (stream.readyState === EventSource.CLOSED) again(AGAIN);
  });
  stream.addEventListener("renew", () => again(0));
  stream.addEventListener("reset", () => tell("reset", ""));
  stream.addEventListener("message", (event) => tell("message", event.data));
  for (const name of (place.dataset.liveEvents ?? "").split(" ").filter(Boolean)) {
    stream.addEventListener(name, (event) => tell(name, event.data));
  }
}

// Pages that the browser keeps for "back" start afresh, and none holds a stream while it is away.
addEventListener("pagehide", () => {
  for (const stream of streams.values()) stream.close();
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const place of streams.keys()) {
    if (place.isConnected) open(place, true);
  }
});
