// <auto-save form="ID" action="URL" delay="4000" text-saving text-failed>: saves a draft while
// somebody types and says so. The server answers with the words to show; 409 ends the saving.
class AutoSave extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute('form'));
    if (!this.form) return;
    this.listening = new AbortController();
    const until = { signal: this.listening.signal };
    for (const event of ['input', 'change']) listen(this.form, event, () => this.touched(), until);
    listen(this.form, 'submit', () => this.rest(), until);
    listen(window, 'beforeunload', (event) => this.isFailed && event.preventDefault(), until);
    listen(document, 'visibilitychange', () => this.timer && this.save(), until);
  }

  disconnectedCallback() {
    this.rest();
    this.listening?.abort();
  }

  touched() {
    if (this.isOver) return;
    this.rest();
    this.timer = setTimeout(() => this.save(), Number(this.getAttribute('delay')) || 4000);
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = null;
    this.isFailed = false;
  }

  async save() {
    this.rest();
    this.say(this.getAttribute('text-saving'));
    try {
      const answer = await fetch(this.getAttribute('action'), {
        method: 'POST',
        body: withoutFiles(this.form),
        headers: { Accept: 'text/plain' },
      });
      this.isOver = answer.status === 409;
      const words = (await answer.text()).trim();
      if (!answer.ok) return this.fail(this.isOver && words);
      this.say(words);
    } catch {
      this.fail();
    }
  }

  say(words) {
    this.classList.remove('is-failed');
    if (words) this.textContent = words;
  }

  fail(words) {
    this.isFailed = true;
    this.classList.add('is-failed');
    this.textContent = words || this.getAttribute('text-failed');
  }
}

function withoutFiles(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

// The signal option of addEventListener is younger than our oldest browser.
function listen(target, event, act, { signal }) {
  target.addEventListener(event, act);
  signal.addEventListener('abort', () => target.removeEventListener(event, act));
}

customElements.define('auto-save', AutoSave);
