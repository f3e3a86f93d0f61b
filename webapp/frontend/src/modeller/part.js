// What the editors of forms and decisions share: frame, keeping, saving, what the gate says.
import { Frame, element } from './frame.js';
import { Keeper } from './keeper.js';
import './modeller.css';

export class PartEditor extends HTMLElement {
  async connectedCallback() {
    if (this.frame) return;
    this.words = JSON.parse(this.getAttribute('words'));
    this.frame = new Frame(this, this.words, this.tools);
    this.keeper = new Keeper(this);
    this.frame.on('save', () => this.keeper.save());
    try {
      const state = await this.keeper.open();
      await this.start();
      await this.draw(state.xml);
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
    this.stop();
    this.frame = null;
    this.replaceChildren();
  }

  show(state) {
    this.frame.status(state.saved);
    const errors = state.findings.filter((one) => one.tone === 'bad');
    const title = errors.length ? this.words.errors.replace('{s}', errors.length) : this.words.clean;
    const head = element('header', 'modeller-verdict');
    head.append(element('strong', '', {}, title));
    const rows = element('ul', '');
    for (const found of errors) rows.append(element('li', 'finding', {}, found.message));
    this.frame.list.replaceChildren(head, rows);
  }
}
