// <score-sheet action="URL" target="#totals"> around the rows of a form: after every change the
// server counts and its fragment replaces the totals. Nothing is counted here.
class ScoreSheet extends HTMLElement {
  connectedCallback() {
    this.addEventListener('input', (event) => this.later(event.target, 500));
    this.addEventListener('change', (event) => this.later(event.target, 0));
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
