// The event stream of a page: every event becomes `live` (and `live:<name>`) on the body, which
// elements with hx-trigger="live from:body" answer. On reconnection everything is asked for again.
const streams = new Map();

export function initLive(scope) {
  for (const [place, stream] of streams) {
    if (!place.isConnected) {
      stream.close();
      streams.delete(place);
    }
  }
  for (const place of scope.querySelectorAll("[data-live]")) {
    if (streams.has(place) || !place.dataset.live) continue;
    streams.set(place, open(place));
  }
}

function open(place, again = false) {
  const stream = new EventSource(place.dataset.live, { withCredentials: true });
  let lost = again;
  const state = (on) => {
    place.classList.toggle("is-off", !on);
    for (const text of place.querySelectorAll("[data-live-state]")) {
      text.hidden = (text.dataset.liveState === "on") !== on;
    }
  };
  const tell = (event) => {
    const detail = { name: event.type, data: event.data };
    document.body.dispatchEvent(new CustomEvent("live", { detail }));
    if (event.type !== "message") document.body.dispatchEvent(new CustomEvent(`live:${event.type}`, { detail }));
  };
  stream.addEventListener("open", () => {
    state(true);
    if (lost) document.body.dispatchEvent(new CustomEvent("live", { detail: { name: "reconnected" } }));
    lost = false;
  });
  stream.addEventListener("error", () => {
    lost = true;
    state(false);
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (place.isConnected) streams.set(place, open(place, true));
      }, 3000);
    }
  });
  stream.addEventListener("message", tell);
  // Too much was missed to be listed.
  stream.addEventListener("reset", tell);
  for (const name of (place.dataset.liveEvents ?? "").split(" ").filter(Boolean)) {
    stream.addEventListener(name, tell);
  }
  addEventListener("pagehide", () => stream.close(), { once: true });
  return stream;
}
