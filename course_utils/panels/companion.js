// The picture of a panel and its caption. It also gives the sliders the names that ipywidgets does not give them.
const PLAY_MILLISECONDS = 700;

function nameSliders(panel) {
  for (const handle of panel.querySelectorAll(".noUi-handle")) {
    const row = handle.closest(".widget-slider");
    const label = row?.querySelector(".widget-label")?.textContent ?? "";
    const readout = row?.querySelector(".widget-readout")?.textContent ?? "";
    if (handle.getAttribute("aria-label") !== label) handle.setAttribute("aria-label", label);
    if (handle.getAttribute("aria-valuetext") !== readout) handle.setAttribute("aria-valuetext", readout);
  }
}

function press(handle, key) {
  handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

// A button that presses the right arrow key again and again, until the slider is at its end.
function playButton(panel, label) {
  const handle = () =>
    [...panel.querySelectorAll(".noUi-handle")].find((h) => h.getAttribute("aria-label") === label);
  const atEnd = () => handle().getAttribute("aria-valuenow") === handle().getAttribute("aria-valuemax");
  const button = document.createElement("button");
  button.className = "jupyter-button course-panel-play";
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶ Play";
  };
  const step = () => (handle() && !atEnd() ? press(handle(), "ArrowRight") : stop());
  button.onclick = () => {
    if (timer !== null) return stop();
    if (atEnd()) press(handle(), "Home");
    button.textContent = "⏸ Pause";
    timer = setInterval(step, PLAY_MILLISECONDS);
  };
  stop();
  return { button, stop };
}

function element(kind, attributes) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function render({ model, el }) {
  const picture = element("img", { class: "widget-image", width: model.get("width"), height: model.get("height") });
  const caption = element("p", { class: "course-panel-caption", role: "status" });
  const trouble = element("p", { class: "course-panel-error", role: "alert" });
  el.classList.add("course-panel-companion");
  el.append(picture, caption, trouble);
  let observer = null, player = null, frame = 0;

  const showPicture = () => {
    const former = picture.src;
    picture.src = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    URL.revokeObjectURL(former);
  };
  const showWords = () => {
    picture.alt = caption.textContent = model.get("text");
    trouble.textContent = model.get("error");
  };
  const settle = () => {
    const panel = el.closest(".course-panel");
    if (!panel) {
      frame = requestAnimationFrame(settle);
      return;
    }
    observer = new MutationObserver(() => nameSliders(panel));
    observer.observe(panel.querySelector(".course-panel-controls"), { childList: true, subtree: true });
    nameSliders(panel);
    const row = panel.querySelector(".course-panel-buttons");
    if (model.get("plays") && row) {
      player = playButton(panel, model.get("plays"));
      row.prepend(player.button);
    }
  };
  const follow = { "change:picture": showPicture, "change:text": showWords, "change:error": showWords };
  for (const [event, answer] of Object.entries(follow)) model.on(event, answer);
  showPicture();
  showWords();
  settle();
  return () => {
    cancelAnimationFrame(frame);
    observer?.disconnect();
    player?.stop();
    player?.button.remove();
    URL.revokeObjectURL(picture.src);
    for (const [event, answer] of Object.entries(follow)) model.off(event, answer);
  };
}

export default { render };
