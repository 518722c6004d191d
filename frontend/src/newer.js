// A draft of a record that somebody else changed meanwhile. What was typed comes back, and beside
// each box stands what is on record now; a box that was left alone shows what is on record.
import { word } from "./words.js";

const chosen = (e) => e.type === "checkbox" || e.type === "radio";

/** What a group of boxes says, as a reader would say it. */
function read(boxes) {
  const parts = boxes.map((e) => {
    if (chosen(e)) return e.checked ? (e.labels?.[0]?.textContent.trim() ?? e.value) : "";
    if (e.matches("select")) return [...e.selectedOptions].filter((o) => o.value).map((o) => o.text).join(", ");
    return e.value.trim();
  }).filter(Boolean);
  return parts.join(boxes[0].closest("[data-parts]") ? " " : ", ");
}

const groupOf = (e) => e.closest(".govuk-form-group:has(> fieldset)") ?? e.closest(".govuk-form-group") ?? e.parentElement;

function groups(fields) {
  const found = new Map();
  for (const one of fields) {
    const group = groupOf(one.box);
    found.set(group, [...(found.get(group) ?? []), one]);
  }
  return found;
}

let marks = 0;

/** `take`: puts what is on record into the boxes, where they hold something else. */
function mark(group, boxes, text, take) {
  const line = document.createElement("p");
  line.className = "p-newer";
  line.id = `newer-${(marks += 1)}`;
  for (const box of boxes) {
    box.setAttribute("aria-describedby", `${box.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
  }
  const now = document.createElement("strong");
  now.textContent = text || word("nothing");
  line.append(`${word("onRecordNow")} `, now);
  if (take) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "p-link-button";
    button.textContent = word("takeIt");
    button.addEventListener("click", () => {
      take();
      line.remove();
    });
    line.append(" ", button);
  }
  group.append(line);
}

/** Put the draft into the boxes. `fields`: {box, typed, base, now, set}, where `base` is what the
 *  record said when it was opened. Gives how many groups of boxes the other user had changed. */
export function putBeside(fields) {
  let changed = 0;
  for (const [group, all] of groups(fields)) {
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    const theirs = all.some((one) => !same(one.base, one.now));
    const mine = all.some((one) => !same(one.base, one.typed));
    if (!theirs && mine) for (const one of all) one.set(one.typed);
    if (!theirs || all.every((one) => same(one.typed, one.now))) continue;
    changed += 1;
    const boxes = all.map((one) => one.box);
    const text = read(boxes);
    if (!mine) {
      mark(group, boxes, text);
      continue;
    }
    for (const one of all) one.set(one.typed);
    mark(group, boxes, text, () => all.forEach((one) => one.set(one.now)));
  }
  return changed;
}
