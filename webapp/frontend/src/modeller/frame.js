// What stands around the drawing: the bar of buttons, the place for notices, panel and list.
const ICONS = {
  undo: 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'm15 14 5-5-5-5M20 9H10a6 6 0 0 0 0 12h3',
  save: 'M5 4h11l4 4v12H5zM8 4v5h7V4M8 20v-6h8v6',
  simulate: 'M7 4v16l13-8z',
  whole: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  preview: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
};

const DRAWING = ['undo', 'redo', 'save', 'simulate', 'whole'];

export class Frame {
  constructor(root, words, tools = DRAWING) {
    this.words = words;
    this.bar = element('div', 'modeller-bar', { role: 'toolbar', 'aria-label': words.tools });
    this.notice = element('div', 'modeller-notice', { role: 'alert' });
    this.stage = element('div', 'modeller-stage');
    this.canvas = element('div', 'modeller-canvas', { 'aria-label': words.drawing });
    this.panel = element('div', 'modeller-panel', { role: 'region', 'aria-label': words.panel });
    this.list = element('section', 'modeller-findings', { 'aria-label': words.findings });
    this.saved = element('span', 'modeller-saved', { role: 'status' });
    this.buttons = Object.fromEntries(tools.map((name) => [name, this.button(name)]));
    this.bar.append(...Object.values(this.buttons), this.saved);
    this.stage.append(this.canvas, this.panel);
    root.replaceChildren(this.bar, this.notice, this.stage, this.list);
  }

  button(name) {
    const made = element('button', 'btn btn-sm', { type: 'button' });
    const pen = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"';
    made.innerHTML = `<svg ${pen}><path d="${ICONS[name]}"/></svg>`;
    made.append(element('span', '', {}, this.words[name]));
    return made;
  }

  on(name, act) {
    this.buttons[name].addEventListener('click', act);
  }

  enable(name, is) {
    this.buttons[name].disabled = !is;
  }

  press(name, is) {
    this.buttons[name].setAttribute('aria-pressed', String(is));
  }

  status(text) {
    this.saved.textContent = text;
  }

  // A sentence above the drawing with what can be done; `acts` are [label, function or address].
  tell(text, acts = []) {
    this.notice.replaceChildren(element('span', '', {}, text));
    for (const [label, act] of acts) this.notice.append(typeof act === 'string' ? link(label, act) : press(label, act));
  }

  hush() {
    this.notice.replaceChildren();
  }

  lock(is) {
    this.stage.classList.toggle('is-locked', is);
  }
}

function link(label, address) {
  return element('a', 'btn btn-sm', { href: address, target: '_blank', rel: 'noopener' }, label);
}

function press(label, act) {
  const made = element('button', 'btn btn-sm', { type: 'button' }, label);
  made.addEventListener('click', act);
  return made;
}

export function element(tag, className, attributes = {}, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}
