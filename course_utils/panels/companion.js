// The caption of a panel. It also gives the sliders and the picture the names that ipywidgets does not give them.
const PLAY_MILLISECONDS = 700;

function nameThings(panel, text) {
  for (const picture of panel.querySelectorAll("img")) {
    if (picture.alt !== text) picture.alt = text;
  }
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

function render({ model, el }) {
  const caption = document.createElement("p");
  caption.className = "course-panel-caption";
  caption.setAttribute("role", "status");
  const trouble = document.createElement("p");
  trouble.className = "course-panel-error";
  trouble.setAttribute("role", "alert");
  el.append(caption, trouble);
  let panel = null, observer = null, player = null, frame = 0;

  const refresh = () => {
    caption.textContent = model.get("text");
    trouble.textContent = model.get("error");
    if (panel) nameThings(panel, model.get("text"));
  };
  const settle = () => {
    panel = el.closest(".course-panel");
    if (!panel) {
      frame = requestAnimationFrame(settle);
      return;
    }
    observer = new MutationObserver(() => nameThings(panel, model.get("text")));
    observer.observe(panel, { childList: true, subtree: true });
    const row = panel.querySelector(".course-panel-buttons");
    if (model.get("plays") && row) {
      player = playButton(panel, model.get("plays"));
      row.prepend(player.button);
    }
    refresh();
  };
  model.on("change:text", refresh);
  model.on("change:error", refresh);
  refresh();
  settle();
  return () => {
    cancelAnimationFrame(frame);
    observer?.disconnect();
    player?.stop();
    player?.button.remove();
    model.off("change:text", refresh);
    model.off("change:error", refresh);
  };
}

export default { render };
