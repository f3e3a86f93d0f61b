// The words of bpmn-js in the language of the page: both Chinese dictionaries, merged.
import community from 'bpmn-js-i18n/translations/zn';
import zh from 'bpmn-js-i18n-zh/lib/bpmn-js';

const words = document.documentElement.lang.startsWith('zh') ? { ...community, ...zh } : {};

function translate(template, facts = {}) {
  const text = words[template] || template;
  return text.replace(/{([^}]+)}/g, (_, name) => facts[name] ?? `{${name}}`);
}

export default { translate: ['value', translate] };
