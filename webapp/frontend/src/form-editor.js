// <form-editor src="…" preview="…" …>: a form of a draft, shown beside as the server renders it.
import './old-browsers.js';
import { FormEditor } from '@bpmn-io/form-js-editor';
import { element } from './modeller/frame.js';
import { PartEditor } from './modeller/part.js';
import ownFields from './modeller/own-fields.js';
import '@bpmn-io/form-js/dist/assets/form-js.css';
import '@bpmn-io/form-js/dist/assets/form-js-editor.css';
import '@bpmn-io/form-js/dist/assets/properties-panel.css';

class FormPart extends PartEditor {
  get tools() {
    return ['save', 'preview'];
  }

  start() {
    this.editor = new FormEditor({
      container: this.frame.canvas,
      propertiesPanel: { parent: this.frame.panel },
      additionalModules: [ownFields],
    });
    this.editor.on('changed', () => this.isShown && this.keeper.touched());
    this.shown = element('section', 'form-preview', { 'aria-label': this.words.preview });
    this.append(this.shown);
    this.frame.on('preview', () => this.preview());
  }

  stop() {
    this.editor?.destroy();
  }

  async draw(text) {
    this.isShown = false;
    await this.editor.importSchema(JSON.parse(text));
    this.isShown = true;
  }

  async xml() {
    return `${JSON.stringify(this.editor.saveSchema(), null, 2)}\n`;
  }

  // The fragment is the server's own page part, made of this form by the code that clerks see.
  async preview() {
    const answer = await this.keeper.post('preview', '', await this.xml());
    if (!answer.ok) return this.keeper.refused(answer);
    this.shown.innerHTML = await answer.text();
    this.shown.scrollIntoView({ block: 'nearest' });
  }
}

customElements.define('form-editor', FormPart);
