// A file that was chosen stays chosen while a form is asked about or put right: the browser would
// forget it with the page that held it. One that the answer finds fault with is chosen anew.
const keyOf = (input) => `${input.form?.getAttribute("action") ?? ""}|${input.name}`;

/** Puts the files of the page that goes into the page that comes; call what it returns afterwards. */
export function keepFiles() {
  const chosen = new Map();
  for (const input of document.querySelectorAll("form input[type=file]")) {
    if (input.files.length) chosen.set(keyOf(input), input.files);
  }
  return () => {
    for (const input of document.querySelectorAll("form input[type=file]")) {
      const files = chosen.get(keyOf(input));
      if (!files || input.closest(".govuk-form-group--error")) continue;
      input.files = files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };
}
