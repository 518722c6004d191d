// Buttons and keys that fill in this moment: by the server's clock, in the establishment's zone.
const born = performance.now();
let offset = null;

/** {day, month, year, time} now: the page's own ISO text says where its zone stands. */
export function now() {
  const stamp = document.documentElement.dataset.now;
  if (offset === null || offset.stamp !== stamp) {
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(stamp) ?? [null, "+", "00", "00"];
    const zone = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60000;
    offset = { stamp, base: Date.parse(stamp), zone, at: offset === null ? born : performance.now() };
  }
  const here = new Date(offset.base + (performance.now() - offset.at) + offset.zone);
  const two = (n) => String(n).padStart(2, "0");
  return {
    day: String(here.getUTCDate()),
    month: String(here.getUTCMonth() + 1),
    year: String(here.getUTCFullYear()),
    time: `${two(here.getUTCHours())}:${two(here.getUTCMinutes())}`,
  };
}

function fill(group) {
  const moment = now();
  let last = null;
  for (const box of group.querySelectorAll("[data-part]")) {
    box.value = moment[box.dataset.part];
    box.dispatchEvent(new Event("input", { bubbles: true }));
    last = box;
  }
  last?.focus();
}

export function initDates() {}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-now-for]");
  if (button) fill(document.getElementById(button.dataset.nowFor));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "t" || event.ctrlKey || event.metaKey || event.altKey) return;
  const group = event.target instanceof Element && event.target.matches("[data-part]") && event.target.closest("[data-parts]");
  if (!group) return;
  event.preventDefault();
  fill(group);
});
