// Keyboard shortcuts. The single-key ones can be turned off in the list that "?" shows.
const OFF = "pims-single-keys-off";
const typing = (e) => e instanceof Element && e.matches("input, textarea, select, [contenteditable]");

export function initKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form");
      if (form) {
        event.preventDefault();
        form.requestSubmit();
      }
      return;
    }
    if (event.altKey && !event.ctrlKey && /^Digit[1-9]$/.test(event.code)) {
      const link = document.querySelectorAll(".p-nav__list > li > a, .p-nav__group > summary")[Number(event.code.at(-1)) - 1];
      if (link) {
        event.preventDefault();
        link.click();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (localStorage.getItem(OFF) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const search = document.getElementById("p-search");
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "?") {
      event.preventDefault();
      document.getElementById("p-shortcuts")?.showModal();
    } else if (/^[a-z]$/.test(event.key)) {
      // What a page names for one key: a link to follow, a button to press.
      const own = document.querySelector(`[data-key="${event.key}"]`);
      if (own) {
        event.preventDefault();
        own.click();
      }
    }
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-single-keys]")) return;
    if (event.target.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("[data-open-dialog]"))) return;
    const box = document.querySelector("[data-single-keys]");
    if (box) box.checked = !localStorage.getItem(OFF);
  });
}
