// <decision-editor src="…" …>: a decision table of a draft.
import './old-browsers.js';
import DmnModeler from 'dmn-js/lib/Modeler';
import { PartEditor } from './modeller/part.js';
import { wordsOf } from './modeller/dictionary.js';
import words from './words/decisions.json';
import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-js-boxed-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css';

const { translate, untranslated } = wordsOf(words);
const inChinese = { additionalModules: [{ translate: ['value', translate] }] };

class DecisionPart extends PartEditor {
  get tools() {
    return ['save'];
  }

  get untranslated() {
    return [...untranslated];
  }

  start() {
    this.editor = new DmnModeler({
      container: this.frame.canvas,
      drd: inChinese,
      decisionTable: inChinese,
      literalExpression: inChinese,
      boxedExpression: inChinese,
    });
    this.frame.panel.remove();
    this.editor.on('views.changed', ({ activeView }) => activeView && this.listen());
  }

  listen() {
    const bus = this.editor.getActiveViewer()?.get('eventBus');
    if (!bus || bus === this.bus) return;
    this.bus = bus;
    const heard = () => this.isShown && this.keeper.touched();
    bus.on(['commandStack.changed', 'elements.changed'], heard);
  }

  stop() {
    this.editor?.destroy();
  }

  async draw(xml) {
    this.isShown = false;
    await this.editor.importXML(xml);
    const table = this.editor.getViews().find(({ type }) => type === 'decisionTable');
    if (table) await this.editor.open(table);
    this.listen();
    this.isShown = true;
  }

  async xml() {
    return (await this.editor.saveXML({ format: true })).xml;
  }
}

customElements.define('decision-editor', DecisionPart);
