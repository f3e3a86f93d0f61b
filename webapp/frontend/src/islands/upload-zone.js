// <upload-zone max-bytes text-too-large text-drop> around a plain <input type="file">: files can be
// dropped on it, and what was chosen is listed with its size before it is sent.
class UploadZone extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type="file"]');
    if (!this.input || this.list) return;
    this.classList.add('upload-zone');
    this.list = document.createElement('ul');
    this.list.className = 'file-list';
    this.list.setAttribute('aria-live', 'polite');
    this.append(this.hint(), this.list);
    this.input.addEventListener('change', () => this.show());
    for (const event of ['dragenter', 'dragover']) this.addEventListener(event, (e) => this.over(e));
    for (const event of ['dragleave', 'drop']) this.addEventListener(event, () => this.out());
    this.addEventListener('drop', (event) => this.dropped(event));
  }

  hint() {
    const hint = document.createElement('div');
    hint.className = 'form-hint';
    hint.textContent = this.getAttribute('text-drop') || '';
    return hint;
  }

  over(event) {
    event.preventDefault();
    this.classList.add('is-over');
  }

  out() {
    this.classList.remove('is-over');
  }

  dropped(event) {
    event.preventDefault();
    const files = new DataTransfer();
    const dropped = [...event.dataTransfer.files];
    const chosen = this.input.multiple ? [...this.input.files, ...dropped] : dropped.slice(0, 1);
    for (const file of chosen) files.items.add(file);
    this.input.files = files.files;
    this.input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  show() {
    this.list.replaceChildren(...[...this.input.files].map((file) => this.row(file)));
  }

  row(file) {
    const row = document.createElement('li');
    row.append(part('file-name', file.name), part('file-size', size(file.size)));
    const limit = Number(this.getAttribute('max-bytes'));
    if (limit && file.size > limit) row.append(part('file-refused', this.getAttribute('text-too-large')));
    return row;
  }
}

function part(className, text) {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB'];
  const step = bytes && Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

customElements.define('upload-zone', UploadZone);
