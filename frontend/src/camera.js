// A picture by camera, put into a file field. It is held in memory only until it is sent.
import { say, word } from "./words.js";

const done = new WeakSet();

function button(text, tone) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `p-button p-button--${tone}`;
  element.textContent = text;
  return element;
}

export function initCamera(scope) {
  if (!navigator.mediaDevices?.getUserMedia) return;
  for (const place of scope.querySelectorAll("[data-camera]")) {
    const input = document.getElementById(place.dataset.for);
    if (done.has(place) || !input) continue;
    done.add(place);
    attach(place, input);
  }
}

function attach(place, input) {
  place.classList.add("p-camera");
  const video = document.createElement("video");
  const picture = document.createElement("canvas");
  video.playsInline = true;
  video.muted = true;
  video.hidden = picture.hidden = true;
  const open = button(word("openCamera"), "secondary");
  const take = button(word("takePicture"), "primary");
  take.hidden = true;
  place.append(open, video, picture, take);
  let stream = null;

  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = take.hidden = true;
    open.hidden = false;
  };
  open.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 960 }, audio: false });
    } catch {
      say(word("noCamera"));
      open.after(Object.assign(document.createElement("p"), { className: "govuk-error-message", textContent: word("noCamera") }));
      return;
    }
    video.srcObject = stream;
    await video.play();
    picture.hidden = open.hidden = true;
    video.hidden = take.hidden = false;
    take.focus();
  });
  take.addEventListener("click", () => {
    picture.width = video.videoWidth;
    picture.height = video.videoHeight;
    picture.getContext("2d").drawImage(video, 0, 0);
    picture.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      say(word("pictureTaken"));
    }, "image/jpeg", 0.92);
    picture.hidden = false;
    stop();
    open.focus();
  });
  addEventListener("pagehide", stop);
}
