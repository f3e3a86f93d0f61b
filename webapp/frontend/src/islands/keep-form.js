// <keep-form form="ID" key="ITEM" answered text-…>: keeps what is typed and chosen in a form, files
// included, on the device until the server has it. Without a signal the form waits and is sent when
// the network is back. `answered` says that this page is the server's answer to what was sent.
import { drop, forget, purge, read, write } from '../device-store.js';

class KeepForm extends HTMLElement {
  async connectedCallback() {
    this.form = document.getElementById(this.getAttribute('form'));
    this.key = this.getAttribute('key');
    if (!this.form || !window.indexedDB) return;
    for (const event of ['input', 'change']) this.form.addEventListener(event, () => this.later());
    this.form.addEventListener('submit', (event) => this.sent(event));
    this.form.addEventListener('draft:saved', (event) => this.confirmed(event));
    window.addEventListener('online', () => this.isWaiting && this.again());
    await purge();
    if (this.hasAttribute('answered')) return drop(this.key);
    const kept = await read(this.key);
    if (kept) this.restore(kept);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), 400);
  }

  async keep() {
    const values = [];
    const files = [];
    for (const [name, value] of new FormData(this.form)) {
      if (name.startsWith('_') || name === 'csrf_token') continue;
      if (!(value instanceof File)) values.push([name, value]);
      else if (value.size) files.push([name, value]);
    }
    const kept = { values, files, at: Date.now() };
    try {
      await write(this.key, kept);
      if (!navigator.onLine) this.say('text-offline');
    } catch {
      this.say('text-full');
    }
  }

  // The server has the values; files are still only here.
  async confirmed(event) {
    const kept = await read(this.key);
    if (!kept || kept.at > event.detail) return;
    if (kept.files.length) await write(this.key, { ...kept, values: [] });
    else await drop(this.key);
    this.say('');
  }

  async sent(event) {
    clearTimeout(this.timer);
    if (navigator.onLine) return this.keep();
    event.preventDefault();
    this.isWaiting = true;
    await this.keep();
    this.say('text-waiting');
    return undefined;
  }

  again() {
    this.isWaiting = false;
    this.say('text-sending');
    const button = this.form.querySelector('[name="_submit"]');
    if (this.form.requestSubmit) this.form.requestSubmit(button);
    else button.click();
  }

  restore(kept) {
    if (kept.values.length) putValues(this.form, kept.values);
    const count = putFiles(this.form, kept.files);
    if (!kept.values.length && !count) return;
    this.say('text-restored');
    this.append(' ', this.discard());
    this.form.dispatchEvent(new Event('input', { bubbles: true }));
  }

  discard() {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-sm';
    button.textContent = this.getAttribute('text-discard');
    button.addEventListener('click', () => drop(this.key).then(() => window.location.reload()));
    return button;
  }

  say(name) {
    this.textContent = name ? this.getAttribute(name) : '';
    this.hidden = !name;
  }
}

function putValues(form, values) {
  const names = new Set(values.map(([name]) => name));
  for (const field of form.elements) {
    if (!names.has(field.name) && field.type !== 'checkbox') continue;
    const given = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = given.includes(field.value);
    else if (field.type === 'select-multiple') for (const o of field.options) o.selected = given.includes(o.value);
    else if (field.type !== 'file' && field.type !== 'hidden' && field.type !== 'submit') field.value = given[0];
  }
}

function putFiles(form, files) {
  let count = 0;
  for (const field of form.querySelectorAll('input[type="file"]')) {
    const own = files.filter(([name]) => name === field.name).slice(0, field.multiple ? 99 : 1);
    if (!own.length || field.files.length) continue;
    const chosen = new DataTransfer();
    for (const [, file] of own) chosen.items.add(file);
    field.files = chosen.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    count += own.length;
  }
  return count;
}

customElements.define('keep-form', KeepForm);

// Who signs out leaves nothing of what he typed on the device.
document.addEventListener('submit', (event) => {
  if (event.target.matches('[data-forget]') && window.indexedDB) forget();
});
