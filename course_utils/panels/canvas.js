// A small canvas: every stroke goes to the kernel as 32 x 32 x 3 bytes. ipywidgets drops what comes too fast.
const SIDE = 32;
const COLORS = {
  yellow: "#f0e442", orange: "#e69f00", red: "#d94f4f", pink: "#cc79a7",
  blue: "#56b4e9", green: "#2ebd85", white: "#f4f4f4", night: "#141428",
};
const SIZES = { fine: 1, pen: 2, brush: 4 };
const BACKGROUND = COLORS.night;

function element(kind, attributes = {}, text = "") {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

function render({ model, el }) {
  const root = element("div", { class: "course-canvas" });
  const canvas = element("canvas", {
    width: SIDE, height: SIDE, tabindex: 0, role: "img",
    "aria-label": "Drawing of 32 by 32 pixels. Arrow keys move the pen, the space bar paints.",
  });
  const colors = element("div", { class: "course-canvas-row", role: "group", "aria-label": "Colour of the pen" });
  const tools = element("div", { class: "course-canvas-row" });
  root.append(canvas, colors, tools);
  el.append(root);
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  let color = COLORS.yellow, size = SIZES.pen, last = null, pen = [16, 16], frame = 0;

  const send = () => {
    frame = 0;
    const shown = paper.getImageData(0, 0, SIDE, SIDE).data;
    const pixels = new Uint8Array(SIDE * SIDE * 3);
    for (let i = 0; i < SIDE * SIDE; i++) pixels.set(shown.subarray(4 * i, 4 * i + 3), 3 * i);
    model.set("pixels", new DataView(pixels.buffer));
    model.save_changes();
  };
  const soon = () => { frame ||= requestAnimationFrame(send); };
  const show = () => {
    const sent = model.get("pixels");
    const bytes = new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength);
    const picture = paper.createImageData(SIDE, SIDE);
    for (let i = 0; i < SIDE * SIDE; i++) {
      picture.data.set(bytes.subarray(3 * i, 3 * i + 3), 4 * i);
      picture.data[4 * i + 3] = 255;
    }
    paper.putImageData(picture, 0, 0);
  };
  const dot = (x, y) => {
    paper.fillStyle = color;
    paper.fillRect(Math.round(x - size / 2), Math.round(y - size / 2), size, size);
  };
  const stroke = (from, to) => {
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    for (let i = 0; i <= steps; i++) dot(from[0] + ((to[0] - from[0]) * i) / steps, from[1] + ((to[1] - from[1]) * i) / steps);
    soon();
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last, last);
  };
  canvas.onpointermove = (event) => {
    if (last === null) return;
    const now = place(event);
    stroke(last, now);
    last = now;
  };
  canvas.onpointerup = canvas.onpointercancel = () => { last = null; };
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    pen = pen.map((at, i) => Math.min(Math.max(at + step[i], 0), SIDE - 1));
    if (event.key === " " || event.shiftKey) stroke(pen, pen);
  };

  const choose = (row, chosen) => {
    for (const other of row.querySelectorAll("[aria-pressed]")) other.setAttribute("aria-pressed", other === chosen);
  };
  for (const [name, value] of Object.entries(COLORS)) {
    const button = element("button", {
      class: "course-canvas-color", style: `background:${value}`, title: name, "aria-label": name, "aria-pressed": value === color,
    });
    button.onclick = () => { color = value; choose(colors, button); };
    colors.append(button);
  }
  const sizes = element("select", { "aria-label": "Width of the pen" });
  for (const [name, value] of Object.entries(SIZES)) sizes.append(element("option", { value, ...(value === size && { selected: "" }) }, name));
  sizes.onchange = () => { size = Number(sizes.value); };
  const clear = element("button", { class: "jupyter-button" }, "Clear");
  clear.onclick = () => { paper.fillStyle = BACKGROUND; paper.fillRect(0, 0, SIDE, SIDE); soon(); };
  const upload = element("label", { class: "jupyter-button" }, "Upload a picture");
  const file = element("input", { type: "file", accept: "image/*" });
  file.onchange = async () => {
    if (!file.files.length) return;
    try {
      const picture = await createImageBitmap(file.files[0]);
      const side = Math.min(picture.width, picture.height);
      paper.imageSmoothingQuality = "high";
      paper.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
      soon();
    } catch {
      upload.firstChild.textContent = "Not a picture; choose another";
    }
    file.value = "";
  };
  upload.append(file);
  tools.append(sizes, clear, upload);
  model.on("change:pixels", show);
  show();
  return () => {
    cancelAnimationFrame(frame);
    model.off("change:pixels", show);
  };
}

export default { render };
