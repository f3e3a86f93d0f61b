// <bpmn-modeler src="…" hold="…" leave="…" copy="…" templates="…" session="…" sign-in="…" keep="KEY" words='{…}'>
// The editor of a draft. Every change is kept in this browser at once and saved a moment later; the
// server answers each saving with what the gate finds, which is drawn on the elements and listed.
import './old-browsers.js';
import { createCanvas } from './modeller/canvas.js';
import { Findings } from './modeller/findings.js';
import { Frame } from './modeller/frame.js';
import { Keeper } from './modeller/keeper.js';
import { untranslated } from './modeller/words.js';
import './modeller/modeller.css';

class BpmnModeler extends HTMLElement {
  async connectedCallback() {
    if (this.frame) return;
    this.words = JSON.parse(this.getAttribute('words'));
    this.frame = new Frame(this, this.words);
    this.keeper = new Keeper(this);
    try {
      const [state, templates] = await Promise.all([this.keeper.open(), this.keeper.templates()]);
      this.modeler = createCanvas(this.frame, templates);
      await this.draw(state.xml);
      this.findings = new Findings(this.modeler, this.frame, this.words);
      this.connect();
      this.show(state);
      await this.keeper.offer(state.xml);
      await this.keeper.hold();
    } catch (problem) {
      console.error(problem);
      this.frame.tell(problem.message || this.words.failed);
    }
    this.setAttribute('ready', '');
  }

  disconnectedCallback() {
    this.keeper?.leave();
    this.modeler?.destroy();
    this.frame = this.modeler = null;
    this.replaceChildren();
  }

  get untranslated() {
    return [...untranslated];
  }

  async draw(xml) {
    await this.modeler.importXML(xml);
    this.modeler.get('canvas').zoom('fit-viewport', 'auto');
  }

  async xml() {
    return (await this.modeler.saveXML({ format: true })).xml;
  }

  connect() {
    const stack = this.modeler.get('commandStack');
    this.frame.enable('undo', false);
    this.frame.enable('redo', false);
    this.frame.press('simulate', false);
    this.modeler.on('commandStack.changed', () => {
      this.frame.enable('undo', stack.canUndo());
      this.frame.enable('redo', stack.canRedo());
      this.keeper.touched();
    });
    this.modeler.on('tokenSimulation.toggleMode', ({ active }) => this.frame.press('simulate', active));
    this.frame.on('undo', () => stack.undo());
    this.frame.on('redo', () => stack.redo());
    this.frame.on('save', () => this.keeper.save());
    this.frame.on('simulate', () => this.modeler.get('toggleMode').toggleMode());
    this.frame.on('whole', () => this.modeler.get('canvas').zoom('fit-viewport', 'auto'));
  }

  show(state) {
    this.frame.status(state.saved);
    this.findings.show(state);
    this.keeper.names().then((names) => names && this.modeler?.get('variableResolver').learn(names));
  }
}

customElements.define('bpmn-modeler', BpmnModeler);
