// What the gate finds: a badge on each element, a list that leads to it, and the way to a flaw that
// can be walked step by step.
import { element } from './frame.js';

export class Findings {
  constructor(modeler, frame, words) {
    Object.assign(this, { modeler, frame, words });
    this.badges = [];
    this.marked = [];
  }

  get(name) {
    return this.modeler.get(name);
  }

  show(state) {
    this.state = state;
    this.badge();
    const errors = state.findings.filter((one) => one.tone === 'bad').length;
    const title = errors ? this.words.errors.replace('{s}', errors) : this.words.clean;
    const head = element('header', 'modeller-verdict');
    head.append(element('strong', '', {}, title), element('span', `badge tone-${state.verdict.tone}`, {}, state.verdict.text));
    for (const way of state.ways) head.append(this.walker(way));
    const rows = element('ul', '');
    for (const found of state.findings) rows.append(this.row(found));
    this.frame.list.replaceChildren(head, rows);
  }

  badge() {
    const overlays = this.get('overlays');
    for (const id of this.badges) overlays.remove(id);
    const byElement = new Map();
    for (const one of this.state.findings.filter((found) => found.tone !== 'mute')) {
      if (!this.get('elementRegistry').get(one.element)) continue;
      byElement.set(one.element, [...(byElement.get(one.element) || []), one]);
    }
    this.badges = [...byElement].map(([id, found]) => {
      const tone = found.some((one) => one.tone === 'bad') ? 'bad' : 'soon';
      const html = element('span', `finding-badge is-${tone}`, { title: found.map((one) => one.message).join('\n') }, String(found.length));
      return overlays.add(id, 'finding', { position: { top: -10, right: 12 }, html });
    });
  }

  row(found) {
    const row = element('li', '');
    const button = element('button', 'finding', { type: 'button' });
    button.append(
      element('span', `badge tone-${found.tone}`, {}, found.severity),
      element('strong', '', {}, found.name || found.element),
      element('span', '', {}, found.message),
    );
    if (found.remedy) button.append(element('small', '', {}, found.remedy));
    button.addEventListener('click', () => this.lead(found.element));
    row.append(button);
    return row;
  }

  lead(id) {
    const found = this.get('elementRegistry').get(id);
    if (!found) return;
    const root = this.get('canvas').findRoot(found);
    if (root) this.get('canvas').setRootElement(root);
    this.get('canvas').scrollToElement(found, { top: 120, bottom: 120, left: 120, right: 120 });
    if (root !== found) this.get('selection').select(found);
  }

  walker(way) {
    const button = element('button', 'btn btn-sm', { type: 'button' }, this.words.walk);
    button.addEventListener('click', () => this.walk(way, 0));
    return button;
  }

  walk(way, at) {
    const steps = [...way.trace, ...way.elements.filter((id) => !way.trace.includes(id))];
    this.mark(steps.slice(0, at), steps[at]);
    const found = this.get('elementRegistry').get(steps[at]);
    const name = found?.businessObject?.name || steps[at];
    this.lead(steps[at]);
    this.frame.tell(this.words.walked.replace('{n}', at + 1).replace('{m}', steps.length).replace('{s}', name), [
      ...(at ? [[this.words.back, () => this.walk(way, at - 1)]] : []),
      ...(at + 1 < steps.length ? [[this.words.on, () => this.walk(way, at + 1)]] : []),
      [this.words.close, () => this.stop()],
    ]);
    this.frame.notice.querySelectorAll('button')[at && at + 1 < steps.length ? 1 : 0].focus();
  }

  mark(passed, here) {
    const canvas = this.get('canvas');
    for (const [id, marker] of this.marked) canvas.removeMarker(id, marker);
    this.marked = [...passed.map((id) => [id, 'is-done']), [here, 'is-stuck']].filter(([id]) => this.get('elementRegistry').get(id));
    for (const [id, marker] of this.marked) canvas.addMarker(id, marker);
  }

  stop() {
    this.mark([], '');
    this.frame.hush();
  }
}
