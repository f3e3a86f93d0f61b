// <error-summary>: takes the focus when it appears, so that nobody misses what is wrong.
class ErrorSummary extends HTMLElement {
  connectedCallback() {
    const box = this.querySelector('[tabindex="-1"]');
    requestAnimationFrame(() => box?.focus());
  }
}

customElements.define('error-summary', ErrorSummary);
