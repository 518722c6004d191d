// An order that changes an earlier sentence is asked from which day it counts: unless the paper says
// otherwise, from the first day of the one that it changes. What was typed is never written over.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("[data-first-days]");
  if (!form || !event.target.matches('select[name="kind"], select[name="changes_order_id"]')) return;
  const box = form.querySelector('input[name="line-0-effective_from"]');
  if (!box || (box.value !== "" && box.value !== box.dataset.filled)) return;
  const kind = form.querySelector('select[name="kind"]').value;
  const earlier = form.querySelector('select[name="changes_order_id"]')?.value;
  const days = JSON.parse(form.dataset.firstDays);
  const day = form.dataset.firstDaysOf.split(" ").includes(kind) ? (days[earlier] ?? "") : "";
  box.value = box.dataset.filled = day;
});
