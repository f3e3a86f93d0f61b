// Keeps the drawing: at once in this browser, a moment later on the server. Nothing that was drawn
// is lost when the server says no, the session ends, the network fails or two people edit.
import { refusing } from './refusing.js';
import { talking } from './talking.js';

const LOCAL_DELAY = 400;
const SAVE_DELAY = 2000;
const AGAIN = 10000;
const ALIVE = 60000;

export class Keeper {
  constructor(host) {
    this.host = host;
    this.key = `lucheng-drawing:${host.getAttribute('keep')}`;
    this.token = document.querySelector('[name=csrf_token]').value;
    this.isDirty = false;
    this.isMine = false;
    window.addEventListener('beforeunload', (event) => this.isUnkept && event.preventDefault());
    window.addEventListener('pagehide', () => this.leave());
    window.addEventListener('pageshow', (event) => event.persisted && this.hold());
  }

  get frame() {
    return this.host.frame;
  }

  get words() {
    return this.host.words;
  }

  address(name, query = '') {
    return this.host.getAttribute(name) + query;
  }

  async open() {
    const answer = await fetch(this.address('src'), { headers: { Accept: 'text/plain' } });
    if (!answer.ok) throw new Error(await wordsOf(answer));
    const state = await answer.json();
    this.revision = state.revision;
    return state;
  }

  // What was drawn here and never reached the server is offered before anything else happens.
  async offer(saved) {
    const kept = this.kept();
    if (!kept || kept.xml === saved) return this.forget();
    this.frame.lock(true);
    const choice = await new Promise((choose) => {
      const later = kept.revision === this.revision ? '' : this.words.keptOlder;
      this.frame.tell(`${this.words.kept.replace('{s}', kept.at)}${later}`, [
        [this.words.keptUse, () => choose(true)],
        [this.words.keptDrop, () => choose(false)],
      ]);
    });
    this.frame.hush();
    this.frame.lock(false);
    if (!choice) return this.forget();
    await this.host.draw(kept.xml);
    this.touched();
  }

  kept() {
    try {
      return JSON.parse(localStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  forget() {
    localStorage.removeItem(this.key);
    this.isUnkept = false;
  }

  async hold(take = false) {
    const answer = await this.post('hold', take ? '?take=1' : '');
    this.isMine = answer.ok;
    this.frame.lock(!answer.ok && !this.isDirty);
    clearTimeout(this.alive);
    this.alive = setTimeout(() => this.hold(), ALIVE);
    if (!answer.ok) return this.refused(answer);
    const state = await answer.json();
    if (take) this.frame.hush();
    if (state.revision !== this.revision && !this.isDirty) await this.reload();
    if (this.isDirty) this.later(0);
  }

  touched() {
    this.isDirty = this.isUnkept = true;
    this.change = (this.change || 0) + 1;
    this.frame.status(this.words.unsaved);
    clearTimeout(this.local);
    this.local = setTimeout(() => this.keep(), LOCAL_DELAY);
    this.later(SAVE_DELAY);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async keep() {
    const xml = await this.host.xml();
    const at = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    localStorage.setItem(this.key, JSON.stringify({ xml, at, revision: this.revision }));
    this.isUnkept = false;
  }

  async save() {
    clearTimeout(this.timer);
    if (this.isSaving) return this.later(SAVE_DELAY);
    this.isSaving = true;
    try {
      await this.send(this.change);
    } catch {
      this.frame.tell(this.words.offline);
      this.later(AGAIN);
    }
    this.isSaving = false;
  }

  async send(change) {
    this.frame.status(this.words.saving);
    const answer = await this.post('src', `?revision=${this.revision}`, await this.host.xml());
    if (!answer.ok) return this.refused(answer);
    const state = await answer.json();
    this.revision = state.revision;
    this.isMine = true;
    this.frame.hush();
    this.host.show(state);
    if (change !== this.change) return this.later(SAVE_DELAY);
    this.isDirty = false;
    clearTimeout(this.local);
    this.forget();
  }
}

Object.assign(Keeper.prototype, talking, refusing);

async function wordsOf(answer) {
  const text = await answer.text();
  return text.startsWith('{') ? JSON.parse(text).message : text.slice(0, 200);
}
