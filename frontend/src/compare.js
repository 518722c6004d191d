// Two prints side by side: larger, smaller, what is drawn over them, one over the other.
const STEP = 1.4;
const MOST = 8;
const done = new WeakSet();

export function initCompare(scope) {
  for (const place of scope.querySelectorAll("[data-compare]")) {
    if (done.has(place)) continue;
    done.add(place);
    const picture = place.querySelector("svg");
    const view = picture.parentElement;
    const natural = Number(picture.getAttribute("width"));
    let zoom = 1;

    const scale = (by) => {
      zoom = Math.min(MOST, Math.max(0.25, zoom * by));
      const middle = [view.scrollLeft + view.clientWidth / 2, view.scrollTop + view.clientHeight / 2];
      picture.setAttribute("width", Math.round(natural * zoom));
      [view.scrollLeft, view.scrollTop] = [middle[0] * by - view.clientWidth / 2, middle[1] * by - view.clientHeight / 2];
    };
    for (const button of place.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => scale(button.dataset.zoom === "in" ? STEP : 1 / STEP));
    }
    view.addEventListener("keydown", (event) => {
      if (event.key === "+" || event.key === "=") scale(STEP);
      else if (event.key === "-") scale(1 / STEP);
      else return;
      event.preventDefault();
    });
    for (const choice of place.querySelectorAll("[data-layer]")) {
      const show = () => {
        for (const layer of place.querySelectorAll(`[data-shown=${choice.dataset.layer}]`)) {
          layer.toggleAttribute("hidden", !choice.checked);
          layer.style.display = choice.checked ? "" : "none";
        }
      };
      choice.addEventListener("change", show);
      show();
    }
  }
}
