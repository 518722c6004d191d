// A line whose first choice decides what else is asked for. The other boxes of the line wait behind
// its "More"; what holds something stays in sight whatever is chosen, and says that it is not asked.
// A whole form can be such a line: then Enter goes to the next box in sight, past those that
// are often left as they are, and nothing is sent by it.
const BOXES = "input:not([type=hidden]), select, textarea";

const LINE = "[data-needs]:has([data-decides]), tr:has([data-decides])";

const holds = (box, prefilled) => {
  if (box.type === "checkbox" || box.type === "radio") return box.checked;
  if (prefilled && box.matches("select")) return !box.selectedOptions[0]?.defaultSelected;
  return box.value.trim() !== "";
};

function follow(row) {
  const chosen = row.querySelector("[data-decides] select").value;
  for (const need of row.querySelectorAll("[data-for]")) {
    const wanted = need.dataset.for.split(" ").includes(chosen);
    const filled = [...need.querySelectorAll(BOXES)].some((box) => holds(box, need.hasAttribute("data-prefilled")));
    need.toggleAttribute("data-asked", wanted || filled || need.querySelector(".govuk-error-message") !== null);
    need.toggleAttribute("data-over", filled && !wanted && chosen !== "" && !need.hasAttribute("data-always"));
    relabel(need, chosen);
  }
}

function relabel(need, chosen) {
  const label = need.querySelector("label");
  if (!label || ![...need.attributes].some((a) => a.name.startsWith("data-label-"))) return;
  label.dataset.plain ??= label.textContent;
  label.textContent = need.getAttribute(`data-label-${chosen}`) ?? label.dataset.plain;
}

function count(form) {
  const line = form?.querySelector("[data-rows-told]");
  if (!line) return;
  const all = [...form.querySelectorAll("[data-decides] select")];
  const told = all.filter((e) => e.value !== "").length;
  line.textContent = line.dataset.rowsTold.replace("[n]", told).replace("[all]", all.length);
  line.hidden = false;
}

export function initNeeds(scope) {
  for (const decides of scope.querySelectorAll("[data-decides]")) follow(decides.closest(LINE));
  for (const line of scope.querySelectorAll("[data-rows-told]")) count(line.closest("form"));
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const row = event.target.closest?.(LINE);
    if (!row) return;
    follow(row);
    count(row.closest("form"));
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const box = event.target;
  if (!box.matches?.("input, select") || box.matches("[type=submit], [type=file], [aria-expanded=true]")) return;
  const scope = box.closest("[data-needs]");
  if (!scope || box.closest("[data-row-form]")) return;
  event.preventDefault();
  const shown = [...scope.querySelectorAll(`${BOXES}, .p-button-row button`)].filter(
    (e) => e === box || (e.offsetParent !== null && !e.closest("[data-passed-by]")),
  );
  const next = shown[shown.indexOf(box) + (event.shiftKey ? -1 : 1)];
  next?.focus();
  if (next?.matches("input[type=text]")) next.select();
});

/** Where Enter goes: to the next box of the line that the outcome needs, then to the next line. */
export function nextNeeded(row, box, step) {
  if (step < 0) return row.previousElementSibling?.querySelector("[data-decides] select");
  const asked = [...row.querySelectorAll(`[data-for]:not([data-passed-by]) :is(${BOXES})`)]
    .filter((e) => e.offsetParent !== null && follows(box, e));
  return asked[0] ?? row.nextElementSibling?.querySelector("[data-decides] select")
    ?? row.closest("form").querySelector(".p-button-row button");
}

const follows = (box, other) => Boolean(box.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);
