// What can be done when the server says no: take over, load, overwrite, keep apart.
export const refusing = {
  async refused(answer) {
    if (answer.status === 401) {
      this.frame.tell(this.words.ended, [[this.words.signIn, this.address('sign-in')], [this.words.again, () => this.hold()]]);
      return;
    }
    const told = await answer.json().catch(() => ({ message: this.words.offline }));
    const first = told.findings && told.findings[0] ? `：${told.findings[0].message}` : '';
    this.frame.status(this.isDirty ? this.words.unsaved : '');
    this.frame.tell(`${told.message}${first}`, this.ways(told.code));
  },

  ways(code) {
    const aside = this.host.hasAttribute('copy') ? [[this.words.aside, () => this.copy()]] : [];
    if (code === 'draft_taken') return [[this.words.take, () => this.hold(true)], ...(this.isDirty ? aside : [])];
    if (code === 'draft_moved') return [[this.words.theirs, () => this.reload()], [this.words.mine, () => this.overwrite()], ...aside];
    return this.isDirty ? aside : [];
  },

  async overwrite() {
    this.revision = (await (await fetch(this.address('src'))).json()).revision;
    await this.save();
  },

  // What stands here becomes a draft of its own.
  async copy() {
    const form = new FormData();
    form.append('csrf_token', this.token);
    form.append('file', new Blob([await this.host.xml()], { type: 'application/xml' }), 'drawing.bpmn');
    const answer = await fetch(this.address('copy'), { method: 'POST', body: form });
    if (!answer.ok) return this.frame.tell(this.words.offline);
    this.forget();
    this.isDirty = false;
    location.href = `${answer.url}/draw`;
  },

  async reload() {
    const state = await this.open();
    await this.host.draw(state.xml);
    this.isDirty = false;
    this.forget();
    this.frame.hush();
    this.host.show(state);
  },
};
