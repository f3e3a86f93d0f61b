// How the editor's keeper talks to the server; a session that ended is renewed when it can be.
export const talking = {
  async templates() {
    const answer = await fetch(this.address('templates'), { headers: { Accept: 'text/plain' } });
    return answer.ok ? answer.json() : [];
  },

  async names() {
    const answer = await fetch(this.address('names'), { headers: { Accept: 'text/plain' } }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  },

  async post(name, query, body) {
    const send = () => fetch(this.address(name, query), { method: 'POST', body, headers: this.headers() });
    let answer = await send();
    if (answer.status === 401 && (await this.renewed())) answer = await send();
    return answer;
  },

  headers() {
    return { Accept: 'text/plain', 'Content-Type': 'application/xml', 'X-CSRFToken': this.token };
  },

  async renewed() {
    const answer = await fetch(this.address('session'), { headers: { Accept: 'text/plain' } });
    if (answer.ok) this.token = await answer.text();
    return answer.ok;
  },

  leave() {
    if (!this.isMine) return;
    const form = new FormData();
    form.append('csrf_token', this.token);
    navigator.sendBeacon(this.address('leave'), form);
    clearTimeout(this.alive);
    this.isMine = false;
  },
};
