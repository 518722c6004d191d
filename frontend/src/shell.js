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

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (target?.closest("[data-print]")) window.print();
});
