// <score-sheet action="URL" target="#totals"> around the rows of a form: after every change the
// server counts and its fragment replaces the totals. Nothing is counted here. On a phone one row is
// shown at a time (text-previous, text-next); a link to a row leads to it.
class ScoreSheet extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', (event) => this.later(event.target, 500));
    this.addEventListener('change', (event) => this.later(event.target, 0));
    this.step();
  }

  step() {
    this.rows = [...this.querySelectorAll('.score-row')];
    if (!this.rows.length || !this.getAttribute('text-next')) return;
    this.querySelector('.score-sheet').classList.add('is-stepped');
    this.where = document.createElement('span');
    this.steps = document.createElement('div');
    this.steps.className = 'score-steps';
    this.steps.append(this.move('text-previous', -1), this.where, this.move('text-next', 1));
    this.append(this.steps);
    document.addEventListener('click', (event) => this.follow(event.target.closest('a[href^="#"]')));
    const open = this.rows.findIndex((row) => row.matches('.is-short') || row.querySelector('[aria-invalid]'));
    this.show(Math.max(0, open));
  }

  move(name, by) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn';
    button.textContent = this.getAttribute(name);
    button.addEventListener('click', () => this.show(this.at + by, true));
    return button;
  }

  follow(link) {
    const target = link && document.getElementById(link.hash.slice(1));
    const at = target ? this.rows.indexOf(target.closest('.score-row')) : -1;
    if (at >= 0) this.show(at);
  }

  show(at, isMoved) {
    if (!this.rows[at]) return;
    this.at = at;
    for (const part of this.querySelectorAll('tbody')) part.classList.toggle('has-current', part.contains(this.rows[at]));
    this.rows.forEach((row, number) => row.classList.toggle('is-current', number === at));
    this.where.textContent = `${at + 1} / ${this.rows.length}`;
    if (isMoved) this.rows[at].scrollIntoView({ block: 'center' });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.running?.abort();
  }

  later(field, delay) {
    if (field.type === 'file') return;
    if (field.matches('.score-na input[type="checkbox"]')) markRow(field);
    if (!this.getAttribute('action')) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.count(), delay);
  }

  async count() {
    this.running?.abort();
    this.running = new AbortController();
    const totals = document.querySelector(this.getAttribute('target'));
    totals.classList.add('is-busy');
    try {
      const answer = await fetch(this.getAttribute('action'), {
        method: 'POST',
        body: fields(this.closest('form')),
        signal: this.running.signal,
      });
      if (answer.ok) totals.innerHTML = await answer.text();
      totals.classList.remove('is-busy');
    } catch (problem) {
      if (problem.name !== 'AbortError') totals.classList.remove('is-busy');
    }
  }
}

function markRow(box) {
  box.closest('.score-row').classList.toggle('is-na', box.checked);
}

function fields(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

customElements.define('score-sheet', ScoreSheet);
