// A translate service out of a dictionary, which remembers what it did not know.
const isChinese = document.documentElement.lang.startsWith('zh');

export function wordsOf(words) {
  // Some editors write the names of elements in another case than their menus.
  const inAnyCase = new Map(Object.entries(words).map(([english, chinese]) => [plain(english), chinese]));
  const untranslated = new Set();

  function translate(template, facts = {}) {
    const text = isChinese ? chinese(template) : template;
    return text.replace(/{([^}]+)}/g, (_, name) => facts[name] ?? `{${name}}`);
  }

  function chinese(template) {
    if (Object.prototype.hasOwnProperty.call(words, template)) return words[template];
    const found = inAnyCase.get(plain(template));
    const isEnglish = /[A-Za-z]{2}/.test(template) && !/[\u4e00-\u9fff]/.test(template);
    if (!found && isEnglish) untranslated.add(template);
    return found || template;
  }

  return { translate, untranslated };
}

function plain(text) {
  return text.toLowerCase().replace(/[\s()-]+/g, ' ').trim();
}
