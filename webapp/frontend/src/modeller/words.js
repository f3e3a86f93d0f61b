// The words of the editor in the language of the page: both Chinese dictionaries, then our own.
import community from 'bpmn-js-i18n/translations/zn';
import zh from 'bpmn-js-i18n-zh/lib/bpmn-js';
import panel from 'bpmn-js-i18n-zh/lib/properties-panel';
import zeebe from 'bpmn-js-i18n-zh/lib/zeebe-properties-panel';
import own from '../words/modeller.json';

const isChinese = document.documentElement.lang.startsWith('zh');
const words = { ...community, ...zh, ...panel, ...zeebe, ...own };

// The panel writes the names of elements in another case than the menus.
const inAnyCase = new Map(Object.entries(words).map(([english, chinese]) => [plain(english), chinese]));

// What somebody saw in English; a test looks at it.
export const untranslated = new Set();

function plain(text) {
  return text.toLowerCase().replace(/[\s()-]+/g, ' ').trim();
}

function translate(template, facts = {}) {
  const text = isChinese ? chinese(template) : template;
  return text.replace(/{([^}]+)}/g, (_, name) => facts[name] ?? `{${name}}`);
}

function chinese(template) {
  if (Object.prototype.hasOwnProperty.call(words, template)) return words[template];
  const found = inAnyCase.get(plain(template));
  if (!found && /[A-Za-z]{2}/.test(template) && !/[\u4e00-\u9fff]/.test(template)) untranslated.add(template);
  return found || template;
}

export default { translate: ['value', translate] };
