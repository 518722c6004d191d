// Forms of many rows: Enter goes to the same box of the next row, or, where a row is typed across,
// to its next box and from the last one to the next row. A head control fills its column.
// Where a first choice decides what a row asks for, Enter goes to what it needs: see needs.js.
// On a telephone a row shows its first boxes alone and says what the others hold; it opens to edit.
import { nextNeeded } from "./needs.js";

const CONTROLS = "input:not([type=hidden]), select, textarea, button:not([data-row-open])";
const boxes = (row) => [...row.querySelectorAll(CONTROLS)].filter((e) => !e.disabled);

export function initRows(scope) {
  for (const row of scope.querySelectorAll("[data-row-form] tbody tr")) begin(row);
  for (const opener of scope.querySelectorAll("[data-row-open]")) {
    const row = opener.closest("[data-needs], tr");
    if (row.closest(".p-row-form--folds") && row.querySelector(".govuk-error-message")) open(row, true);
    says(row);
  }
  for (const opener of scope.querySelectorAll("[data-filters-open]")) {
    const form = opener.closest("form");
    const set = [...form.querySelectorAll(".p-filters__fields > :not(:first-child) :is(input, select)")].filter(
      (box) => (box.type === "checkbox" ? box.checked : box.value !== ""),
    ).length;
    if (set) opener.querySelector("[data-filters-set]").textContent = ` (${set})`;
  }
}

function open(row, wanted) {
  row.toggleAttribute("data-open", wanted);
  row.querySelector("[data-row-open]")?.setAttribute("aria-expanded", String(wanted));
}

function says(row) {
  const line = row.querySelector("[data-row-says]");
  if (!line) return;
  const parts = [];
  for (const cell of row.querySelectorAll("td[data-label]:not(.p-row-keep)")) {
    for (const box of cell.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      if (box.type === "checkbox") {
        if (box.checked) parts.push(cell.dataset.label);
      } else if (box.matches("select")) {
        if (box.value) parts.push(cell.hasAttribute("data-named") ? `${cell.dataset.label}: ${box.selectedOptions[0].text}` : box.selectedOptions[0].text);
      } else if (box.value.trim()) parts.push(box.value.trim().slice(0, 40));
    }
  }
  line.textContent = parts.join(" · ");
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-row-open]")?.closest("[data-needs], tr");
  if (row) open(row, !row.hasAttribute("data-open"));
  const filters = event.target.closest?.("[data-filters-open]");
  if (filters) filters.setAttribute("aria-expanded", String(filters.closest("form").toggleAttribute("data-open")));
});

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target.closest?.("[data-row-form] tbody tr");
    if (!row) return;
    begin(row);
    says(row);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = event.target;
  if (!box.matches?.("input, select") || box.matches("[type=submit], [aria-expanded=true]")) return;
  const row = box.closest("[data-row-form] tbody tr");
  if (!row) return;
  event.preventDefault();
  const manner = row.closest("[data-row-form]").dataset.rowForm;
  if (manner === "across") {
    across(row, box, event.shiftKey ? -1 : 1);
    return;
  }
  if (manner === "needed") {
    nextNeeded(row, box, event.shiftKey ? -1 : 1)?.focus();
    return;
  }
  const place = boxes(row).indexOf(box);
  let next = row;
  do {
    next = event.shiftKey ? next.previousElementSibling : next.nextElementSibling;
  } while (next && boxes(next).length === 0);
  const target = next && (boxes(next)[place] ?? boxes(next)[0]);
  if (target && target.offsetParent === null) open(next, true);
  target?.focus();
  if (target?.matches("input[type=text]")) target.select();
});

function across(row, box, step) {
  open(row, true);
  const shown = (found) => boxes(found).filter((e) => e.offsetParent !== null || !e.closest(".p-attach, [data-for]"));
  const line = shown(row);
  let target = line[line.indexOf(box) + step];
  if (!target) {
    const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (next) target = step > 0 ? shown(next)[0] : shown(next).at(-1);
    else if (step > 0) target = row.closest("form").querySelector(".p-button-row [type=submit], .p-button-row button");
    if (next) open(next, true);
    if (!row.querySelector(".govuk-error-message")) open(row, false);
  }
  target?.focus();
  if (target?.matches("input[type=text]")) target.select();
}

const BOXES = "input:not([type=hidden]), select, textarea";
const holds = (box) => (["checkbox", "radio"].includes(box.type) ? box.checked : box.value.trim() !== "");

function put(control, box) {
  if (control.type === "checkbox") box.checked = control.checked;
  else box.value = control.value;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

/** The choice for all goes to the lines in use, and to each other line once something is in it:
 *  a line that nobody wrote in must stay empty, or it would stand for somebody. */
function begin(row) {
  if (row.hasAttribute("data-begun") || ![...row.querySelectorAll(BOXES)].some(holds)) return;
  row.setAttribute("data-begun", "");
  for (const control of row.closest("form").querySelectorAll("[data-fill]")) {
    if (!holds(control)) continue;
    for (const box of row.querySelectorAll(`[name$="${control.dataset.fill}"]`)) {
      if (!holds(box)) put(control, box);
    }
  }
}

document.addEventListener("change", (event) => {
  const control = event.target;
  if (!control.matches?.("[data-fill]")) return;
  for (const row of control.form.querySelectorAll("tr[data-begun]")) {
    for (const box of row.querySelectorAll(`[name$="${control.dataset.fill}"]`)) put(control, box);
  }
});
