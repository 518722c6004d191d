// Menu on small screens, dialogs, printing.
const done = new WeakSet();

export function initShell(scope) {
  for (const toggle of scope.querySelectorAll(".p-nav__toggle")) {
    if (done.has(toggle)) continue;
    done.add(toggle);
    const list = document.getElementById(toggle.getAttribute("aria-controls"));
    const small = window.matchMedia("(max-width: 40em)");
    const fit = () => { toggle.hidden = !small.matches; };
    small.addEventListener("change", fit);
    fit();
    toggle.addEventListener("click", () => {
      const open = list.classList.toggle("is-open");
      toggle.setAttribute("aria-expanded", String(open));
    });
  }
}

// An open group of the menu closes when something else is meant.
function closeGroups(but) {
  for (const group of document.querySelectorAll(".p-nav__group[open]")) {
    if (group !== but) group.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  const group = event.key === "Escape" && event.target instanceof Element
    ? event.target.closest(".p-nav__group[open]") : null;
  if (!group) return;
  group.open = false;
  group.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeGroups(target?.closest(".p-nav__group"));
  const opener = target?.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (target?.closest("[data-print]")) window.print();
});
