// Forms that change something: sent once, sent again with the same command_id when the connection
// was lost, and called saved only by the server's own page.
import { showConnection } from "./connection.js";
import { dropDraft, forgetSent, keepDraft } from "./drafts.js";
import { keepFiles } from "./files.js";

const WAITS = [2, 4, 8, 15, 30];
const UNCONFIRMED = new Set([502, 503, 504]);
let unsent = 0;
let start;
let htmx;

const notice = (id, on) => {
  const element = document.getElementById(id);
  if (element) element.hidden = !on;
};

function pause(seconds) {
  return new Promise((go) => {
    const button = document.querySelector("[data-pending-retry]");
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      button?.removeEventListener("click", end);
      go();
    };
    const timer = setTimeout(end, seconds * 1000);
    addEventListener("online", end);
    button?.addEventListener("click", end);
  });
}

async function deliver(url, body) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await fetch(url, {
        method: "POST", body, credentials: "same-origin", headers: { Accept: "text/html" },
      });
      if (!UNCONFIRMED.has(answer.status)) return answer;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    notice("p-pending", true);
    showConnection();
    await pause(WAITS[Math.min(attempt, WAITS.length - 1)]);
  }
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  const url = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  form.dataset.sending = "";
  form.classList.add("p-sending");
  form.setAttribute("aria-busy", "true");
  keepDraft(form, body.get("command_id"));
  form.inert = true;
  unsent += 1;
  try {
    const answer = await deliver(url, body);
    await show(answer, form.dataset.draft, url);
  } catch {
    // The answer was cut off in the middle: what was done is not known here.
    notice("p-failed", true);
  } finally {
    unsent -= 1;
    notice("p-pending", false);
    form.inert = false;
    form.classList.remove("p-sending");
    form.removeAttribute("aria-busy");
    delete form.dataset.sending;
  }
}

async function show(answer, draft, url) {
  const kind = answer.headers.get("content-type") ?? "";
  if (!kind.includes("text/html")) {
    if (answer.ok && draft) dropDraft(draft);
    if (answer.redirected) location.assign(answer.url);
    else if (answer.ok) location.reload();
    else notice("p-failed", true);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  settle(answer, page, draft);
  const assets = (root) => root.querySelector('script[type="module"]')?.getAttribute("src");
  if (answer.redirected && assets(page) !== assets(document)) {
    location.assign(answer.url);
    return;
  }
  const sameUser = page.documentElement.dataset.user === document.documentElement.dataset.user;
  const filesAgain = sameUser && !answer.redirected ? keepFiles() : () => {};
  replace(page);
  filesAgain();
  if (answer.redirected) history.pushState({ pims: true }, "", answer.url);
  else history.replaceState({ pims: true }, "", answer.ok ? url : location.href);
}

/** Drafts end when the same user's server took what was sent; a refusal only frees the id. */
function settle(answer, page, draft) {
  const same = page.documentElement.dataset.user === document.documentElement.dataset.user;
  if (!draft || !same) return;
  const again = page.querySelector(`form[data-draft="${CSS.escape(draft)}"]`);
  if (answer.ok && (answer.redirected || !again)) dropDraft(draft);
  else if (answer.status < 500) forgetSent(draft);
}

function replace(page) {
  const root = document.documentElement;
  for (const { name } of [...root.attributes]) root.removeAttribute(name);
  for (const { name, value } of page.documentElement.attributes) root.setAttribute(name, value);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  start(document.body, { answered: true });
  htmx.process(document.body);
  showConnection();
  scrollTo(0, 0);
  const first = document.querySelector(".govuk-error-summary, .p-refusal") ?? document.getElementById("main-content");
  first?.focus({ preventScroll: true });
}

export function initForms(init, library) {
  start = init;
  htmx = library;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-command]:not([data-native]):not([hx-post]):not([hx-put])")) return;
    event.preventDefault();
    if (!("sending" in form.dataset)) send(form, event.submitter);
  });
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(lost, async (event) => {
      const form = event.detail.elt;
      if (!form.matches("form[data-command]")) return;
      notice("p-pending", true);
      keepDraft(form, form.elements.command_id?.value);
      await pause(4);
      if (form.isConnected) htmx.trigger(form, "submit");
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt;
    if (!form.matches?.("form[data-command]") || !event.detail.xhr?.status) return;
    notice("p-pending", false);
    if (form.dataset.draft && event.detail.successful) dropDraft(form.dataset.draft);
  });
  addEventListener("beforeunload", (event) => {
    if (unsent > 0) event.preventDefault();
  });
  addEventListener("popstate", () => location.reload());
}
