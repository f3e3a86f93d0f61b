// Moving about in a diagram with mouse, finger, wheel and keys, without trapping the page:
// the wheel zooms only with Ctrl, and one finger scrolls the page up and down (touch-action).
const STEP = 60;
const MOVES = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

export function zoomBy(canvas, factor, center = 'auto') {
  canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), center);
}

export function fit(canvas) {
  canvas.zoom('fit-viewport', 'auto');
  zoomBy(canvas, 0.95); // leaves a margin
}

export function listen(box, canvas) {
  const pointers = new Map();
  box.addEventListener('pointerdown', (event) => {
    if (event.button === 0 && !event.target.closest('a, button')) pointers.set(event.pointerId, event);
  });
  box.addEventListener('pointermove', (event) => drag(box, canvas, pointers, event));
  for (const end of ['pointerup', 'pointercancel', 'pointerleave']) {
    box.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  box.addEventListener('wheel', (event) => wheel(box, canvas, event), { passive: false });
  box.addEventListener('keydown', (event) => press(canvas, event));
}

function drag(box, canvas, pointers, event) {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
  pointers.set(event.pointerId, event);
  if (other) {
    zoomBy(canvas, apart(event, other) / apart(last, other), place(box, event));
  } else {
    canvas.scroll({ dx: event.clientX - last.clientX, dy: event.clientY - last.clientY });
  }
}

function wheel(box, canvas, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoomBy(canvas, Math.exp(-event.deltaY / 300), place(box, event));
}

function press(canvas, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in MOVES) canvas.scroll({ dx: MOVES[event.key][0], dy: MOVES[event.key][1] });
  else if (event.key === '+' || event.key === '=') zoomBy(canvas, 1.25);
  else if (event.key === '-') zoomBy(canvas, 0.8);
  else if (event.key === '0') fit(canvas);
  else return;
  event.preventDefault();
}

function apart(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
}

function place(box, event) {
  const frame = box.getBoundingClientRect();
  return { x: event.clientX - frame.left, y: event.clientY - frame.top };
}
