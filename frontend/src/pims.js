// The behaviour of every page. `init` may be called for any part that newly appears.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, PasswordInput, Radios, SkipLink, Tabs,
  createAll,
} from "govuk-frontend";
import { AddAnother, ButtonMenu, MultiSelect } from "@ministryofjustice/frontend";
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";

import { initCamera } from "./camera.js";
import { initCapture } from "./capture.js";
import { initCompare } from "./compare.js";
import { initConnection } from "./connection.js";
import { initDates } from "./dates.js";
import { initDrafts } from "./drafts.js";
import "./firstday.js";
import { initForms } from "./forms.js";
import { initIdle } from "./idle.js";
import { initKeys } from "./keys.js";
import { initLive } from "./live.js";
import { initNeeds } from "./needs.js";
import { initRows } from "./rows.js";
import { initShell } from "./shell.js";
import { initSound } from "./sound.js";
import { initSuggest } from "./suggest.js";

window.htmx = htmx;
window.Alpine = Alpine;

const parts = [
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, PasswordInput, Radios, SkipLink, Tabs,
  AddAnother, ButtonMenu, MultiSelect,
];

export function init(scope, { answered = false } = {}) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const part of parts) createAll(part, undefined, { scope, onError: () => {} });
  initShell(scope);
  initDates(scope);
  initSuggest(scope);
  initRows(scope);
  initNeeds(scope);
  initCamera(scope);
  initCapture(scope);
  initCompare(scope);
  initLive(scope);
  initSound(scope);
  initDrafts(scope, answered);
}

initConnection();
initKeys();
initIdle();
initForms(init, htmx);
init(document.body);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) init(event.detail.elt);
});
document.addEventListener("htmx:configRequest", (event) => {
  // What a page asks for by itself must not keep a session from standing idle: after an event of
  // its stream, by a timer, while it loads. Only a person's own key or click is trusted.
  if (event.detail.verb === "get" && !event.detail.triggeringEvent?.isTrusted) {
    event.detail.headers["X-Pims-Background"] = "1";
  }
});
Alpine.start();
