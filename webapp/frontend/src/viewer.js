// <bpmn-viewer src="…" state='{"done":["Accept"],"taken":["f1"],"active":{"Review":"2 人"},"stuck":{}}'>
// draws a diagram and marks on it where the case stands, or what "differs" from another drawing;
// a new state is shown without drawing anew. On a small screen it starts at the first mark.
import Viewer from 'bpmn-js/lib/Viewer';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import './old-browsers.js';
import translation from './diagram/i18n.js';
import { fit, listen, zoomBy } from './diagram/gestures.js';

const READABLE = 0.6;
const LOOKED_FOR = ['is-active', 'is-stuck', 'is-added', 'is-removed', 'is-changed'];
const PEN = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true"';

class BpmnViewer extends HTMLElement {
  static get observedAttributes() {
    return ['state'];
  }

  async connectedCallback() {
    if (this.viewer) return;
    const box = element('div', 'bpmn-canvas');
    this.append(box);
    const viewer = new Viewer({
      container: box,
      additionalModules: [translation],
      moddleExtensions: { zeebe },
    });
    this.viewer = viewer;
    try {
      await viewer.importXML(await this.load());
      if (this.viewer !== viewer) return; // taken off the page meanwhile
      this.start(box);
    } catch (problem) {
      if (this.viewer === viewer) this.giveUp(problem);
    }
  }

  disconnectedCallback() {
    this.viewer?.destroy();
    this.viewer = null;
    this.isDrawn = false;
    this.replaceChildren();
  }

  attributeChangedCallback() {
    if (this.isDrawn) this.mark();
  }

  async load() {
    const answer = await fetch(this.getAttribute('src'));
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.text();
  }

  start(box) {
    this.isDrawn = true;
    this.marked = [];
    this.canvas = this.viewer.get('canvas');
    this.mark();
    this.look();
    listen(box, this.canvas);
    this.querySelector('svg[tabindex]').setAttribute('aria-label', this.getAttribute('label-canvas') || '');
    this.append(this.tools());
    this.addEventListener('keydown', (event) => event.key === 'Escape' && this.fill(false));
    this.dispatchEvent(new CustomEvent('bpmn-ready', { bubbles: true }));
  }

  mark() {
    const state = JSON.parse(this.getAttribute('state') || '{}');
    const overlays = this.viewer.get('overlays');
    for (const [id, marker] of this.marked) this.canvas.removeMarker(id, marker);
    overlays.clear();
    this.marked = [
      ...pairs(state.done, 'is-done'),
      ...pairs(state.taken, 'is-taken'),
      ...pairs(Object.keys(state.active || {}), 'is-active'),
      ...pairs(Object.keys(state.stuck || {}), 'is-stuck'),
      ...Object.entries(state.differs || {}).map(([id, how]) => [id, `is-${how}`]),
    ].filter(([id]) => this.viewer.get('elementRegistry').get(id));
    for (const [id, marker] of this.marked) {
      this.canvas.addMarker(id, marker);
      const text = { ...state.active, ...state.stuck }[id];
      if (text) overlays.add(id, { position: { top: -24, left: 0 }, html: badge(text, marker) });
    }
  }

  look() {
    fit(this.canvas);
    const token = this.marked.find(([, marker]) => LOOKED_FOR.includes(marker));
    if (!token || this.canvas.zoom() >= READABLE) return;
    this.canvas.zoom(0.8);
    this.canvas.scrollToElement(token[0], { top: 90, bottom: 90, left: 60, right: 60 });
  }

  tools() {
    const row = element('div', 'bpmn-tools');
    const acts = [
      ['M12 5v14M5 12h14', 'label-in', () => zoomBy(this.canvas, 1.25)],
      ['M5 12h14', 'label-out', () => zoomBy(this.canvas, 0.8)],
      ['M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5', 'label-full', () => this.fill(!this.classList.contains('is-full'))],
    ];
    for (const [drawing, label, act] of acts) {
      const button = element('button', '');
      button.type = 'button';
      button.title = this.getAttribute(label) || '';
      button.setAttribute('aria-label', button.title);
      button.innerHTML = `<svg ${PEN}><path d="${drawing}"/></svg>`;
      button.addEventListener('click', act);
      row.append(button);
    }
    return row;
  }

  fill(isFull) {
    if (this.classList.contains('is-full') === isFull) return;
    this.classList.toggle('is-full', isFull);
    this.canvas.resized();
    this.look();
  }

  giveUp(problem) {
    console.error(problem);
    this.viewer.destroy();
    this.viewer = null;
    this.replaceChildren(element('p', 'bpmn-problem', this.getAttribute('text-failed')));
  }
}

function pairs(ids, marker) {
  return (ids || []).map((id) => [id, marker]);
}

function badge(text, marker) {
  return element('span', `token-badge ${marker}`, text);
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

customElements.define('bpmn-viewer', BpmnViewer);
