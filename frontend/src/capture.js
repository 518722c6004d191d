// A print from the scanner on this PC, by way of the bridge (`pims capture`), into a file field.
// The bridge's code is typed once and kept in this browser; the print is held in memory until sent.
import { say, word } from "./words.js";

const KEPT = "pims-scanner-code";
const done = new WeakSet();

const troubles = {
  token: "scannerCodeWrong", busy: "scannerBusy", nothing_came: "scannerNothing", origin: "scannerOrigin",
};

function make(tag, more) {
  return Object.assign(document.createElement(tag), more);
}

export function initCapture(scope) {
  for (const place of scope.querySelectorAll("[data-capture]")) {
    const input = document.getElementById(place.dataset.for);
    if (done.has(place) || !input) continue;
    done.add(place);
    attach(place, input);
  }
}

function attach(place, input) {
  const take = make("button", { type: "button", className: "p-button p-button--secondary", textContent: word("scannerTake") });
  const told = make("p", { className: "govuk-hint" });
  told.setAttribute("role", "status");
  place.append(take, told);

  const tell = (text) => {
    told.textContent = text;
    say(text);
  };

  const askCode = () => {
    if (place.querySelector("input")) return;
    const id = `${input.id}-scanner-code`;
    const label = make("label", { className: "govuk-label", htmlFor: id, textContent: word("scannerCode") });
    const code = make("input", { id, className: "govuk-input p-capture__code", autocomplete: "off", spellcheck: false });
    code.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      take.click();
    });
    place.prepend(label, code);
    code.focus();
  };

  take.addEventListener("click", async () => {
    const typed = place.querySelector("input")?.value.trim();
    const token = typed || localStorage.getItem(KEPT) || "";
    if (!token) {
      askCode();
      return;
    }
    take.disabled = true;
    tell(word("scannerPut"));
    try {
      const answer = await fetch(`${place.dataset.capture}/capture`, {
        method: "POST",
        headers: { "X-Pims-Capture": token, "Content-Type": "application/json" },
        body: JSON.stringify({ position: wanted(place, input) }),
      });
      if (!answer.ok) {
        const { trouble } = await answer.json();
        if (trouble === "token") {
          localStorage.removeItem(KEPT);
          askCode();
        }
        tell(word(troubles[trouble] ?? "scannerAway"));
        return;
      }
      localStorage.setItem(KEPT, token);
      put(input, await answer.blob(), answer.headers.get("X-Pims-Ppi"));
      tell(word("scannerTaken"));
    } catch {
      tell(word("scannerAway"));
    } finally {
      take.disabled = false;
    }
  });
}

/** The finger that the page asks for, or what is chosen of several at once. */
function wanted(place, input) {
  const from = place.dataset.positionFrom;
  const chosen = from && input.form.querySelector(`[name="${CSS.escape(from)}"]:checked`);
  return Number(chosen ? chosen.value : place.dataset.position ?? 0);
}

function put(input, blob, ppi) {
  const files = new DataTransfer();
  files.items.add(new File([blob], "scanner.png", { type: blob.type }));
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const form = input.form;
  const resolution = form.querySelector("[name$=ppi]");
  if (ppi && resolution) resolution.value = ppi;
  const source = form.querySelector("[name$=source]");
  if (source) source.value = "scanner";
  // Enter keeps it: two keys a finger.
  form.querySelector("button:not([type=button])")?.focus();
}
