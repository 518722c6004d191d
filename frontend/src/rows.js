// Forms of many rows: Enter goes to the same box of the next row; a head control fills its column.
const boxes = (row) => [...row.querySelectorAll("input:not([type=hidden]), select, textarea, button")].filter((e) => !e.disabled);

export function initRows() {}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = event.target;
  if (!box.matches?.("input, select") || box.matches("[type=submit], [aria-expanded=true]")) return;
  const row = box.closest("[data-row-form] tbody tr");
  if (!row) return;
  event.preventDefault();
  const place = boxes(row).indexOf(box);
  let next = row;
  do {
    next = event.shiftKey ? next.previousElementSibling : next.nextElementSibling;
  } while (next && boxes(next).length === 0);
  const target = next && (boxes(next)[place] ?? boxes(next)[0]);
  target?.focus();
  if (target?.matches("input[type=text]")) target.select();
});

document.addEventListener("change", (event) => {
  const control = event.target;
  if (!control.matches?.("[data-fill]")) return;
  const table = control.closest("[data-row-form]");
  for (const box of table?.querySelectorAll("tbody input, tbody select") ?? []) {
    if (!box.name.endsWith(control.dataset.fill)) continue;
    if (control.type === "checkbox") box.checked = control.checked;
    else box.value = control.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
