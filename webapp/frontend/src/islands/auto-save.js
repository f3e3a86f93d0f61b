// <auto-save form="ID" action="URL" delay="4000" session="URL" sign-in="URL" text-…>: saves a draft
// while somebody types and says so. The server answers with the words to show; 409 ends the saving.
// 401: the session is over. The page stays as it is; once its reader has signed in again, in another
// tab, the form gets the token of the new session and the saving goes on.
class AutoSave extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById(this.getAttribute('form'));
    if (!this.form) return;
    this.listening = new AbortController();
    const until = { signal: this.listening.signal };
    for (const event of ['input', 'change']) listen(this.form, event, () => this.touched(), until);
    listen(this.form, 'submit', () => this.rest(), until);
    listen(this.form, 'htmx:response:error', (event) => this.refreshFailed(event), until);
    listen(window, 'beforeunload', (event) => this.isFailed && event.preventDefault(), until);
    listen(document, 'visibilitychange', () => (this.timer || this.isOut) && this.save(), until);
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

  refreshFailed(event) {
    if (event.detail.ctx.response.status !== 401) return;
    this.stale = event.target;
    this.save();
  }

  async save() {
    this.rest();
    if (!this.isOut) this.say(this.getAttribute('text-saving'));
    const began = Date.now();
    try {
      let answer = await this.post();
      if (answer.status === 401 && (await this.renewed())) answer = await this.post();
      this.isOver = answer.status === 409;
      if (answer.status === 401) return this.leave();
      this.isOut = false;
      if (answer.ok) this.form.dispatchEvent(new CustomEvent('draft:saved', { detail: began }));
      if (!answer.ok) return this.fail(await wordsOf(answer));
      this.say(await wordsOf(answer));
      this.refresh();
    } catch {
      this.isOut = false;
      this.fail();
    }
  }

  post() {
    return ask(this.getAttribute('action'), { method: 'POST', body: withoutFiles(this.form) });
  }

  async renewed() {
    const answer = await ask(this.getAttribute('session'));
    if (!answer.ok) return false;
    const token = await answer.text();
    for (const field of document.getElementsByName('csrf_token')) field.value = token;
    return true;
  }

  // What could not be shown anew while nobody was signed in is asked for again.
  refresh() {
    this.stale?.dispatchEvent(new Event('change'));
    this.stale = null;
  }

  say(words) {
    this.classList.remove('is-failed');
    if (words) this.textContent = words;
  }

  fail(words, link = '') {
    this.isFailed = true;
    this.classList.add('is-failed');
    this.replaceChildren(words || this.getAttribute('text-failed'), link);
  }

  // The words and their link stay as they are while they are true: somebody may be clicking.
  leave() {
    if (this.isOut) this.isFailed = true;
    else this.fail(this.getAttribute('text-ended'), this.signIn());
    this.isOut = true;
  }

  signIn() {
    const link = document.createElement('a');
    link.href = this.getAttribute('sign-in');
    link.target = '_blank';
    link.textContent = this.getAttribute('text-sign-in');
    return link;
  }
}

function ask(address, request = {}) {
  return fetch(address, { ...request, headers: { Accept: 'text/plain' } });
}

// A page instead of words comes from somewhere before the product.
async function wordsOf(answer) {
  const isWords = (answer.headers.get('Content-Type') || '').startsWith('text/plain');
  return isWords ? (await answer.text()).trim() : '';
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
