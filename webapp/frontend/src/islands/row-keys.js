// <row-keys for="ID" text-on text-off>: single keys move in the rows of a table: j and k to the next
// and the one before, o opens, x ticks. "?" turns them on and off, and the device remembers it; they
// are off at first, since a voice or a slip would press them too.
const KEPT = 'row-keys';

class RowKeys extends HTMLElement {
  connectedCallback() {
    this.isOn = localStorage.getItem(KEPT) === 'on';
    this.say();
    this.pressed = (event) => this.press(event);
    document.addEventListener('keydown', this.pressed);
  }

  disconnectedCallback() {
    document.removeEventListener('keydown', this.pressed);
  }

  press(event) {
    const isTyping = event.target.matches('input:not([type=checkbox]), textarea, select');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '?') this.toggle();
    else if (this.isOn) this.move(event.key);
  }

  toggle() {
    this.isOn = !this.isOn;
    localStorage.setItem(KEPT, this.isOn ? 'on' : 'off');
    this.say();
  }

  say() {
    this.textContent = this.getAttribute(this.isOn ? 'text-on' : 'text-off');
  }

  move(key) {
    const rows = [...document.querySelectorAll(`#${this.getAttribute('for')} tbody tr`)];
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    if (key === 'j') focusIn(rows[Math.min(rows.length - 1, here + 1)]);
    if (key === 'k') focusIn(rows[Math.max(0, here - 1)]);
    if (key === 'o') rows[here]?.querySelector('a')?.click();
    if (key === 'x') rows[here]?.querySelector('input[type=checkbox]')?.click();
  }
}

function focusIn(row) {
  row?.querySelector('a')?.focus();
}

customElements.define('row-keys', RowKeys);
