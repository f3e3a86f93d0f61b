// An esbuild plugin for packages that know one language only: whole texts of their sources go
// through `saidHere`. A text that is gone fails the build, so that no update turns a page English.
import fs from 'node:fs';

export function literals(dictionaries) {
  return {
    name: 'literals',
    setup(build) {
      const seen = {};
      build.onStart(() => Object.keys(dictionaries).forEach((name) => (seen[name] = new Set())));
      for (const [name, words] of Object.entries(dictionaries)) {
        const sources = new RegExp(`[\\\\/]node_modules[\\\\/]${name.replace('/', '[\\\\/]')}[\\\\/].*\\.js$`);
        build.onLoad({ filter: sources }, ({ path }) => {
          return { contents: asked(fs.readFileSync(path, 'utf8'), words, seen[name]), loader: 'js' };
        });
      }
      build.onEnd(() => ({ errors: gone(dictionaries, seen).map((text) => ({ text })) }));
    },
  };
}

function gone(dictionaries, seen) {
  return Object.entries(dictionaries).flatMap(([name, words]) =>
    Object.keys(words)
      .filter((text) => !seen[name].has(text))
      .map((text) => `a text to translate is gone: ${name}: ${text}`),
  );
}

// "X" after = and X between tags stand in markup, inside a template; elsewhere 'X' is a value.
function asked(source, words, seen) {
  let text = source;
  for (const english of Object.keys(words)) {
    const call = `saidHere(${JSON.stringify(english).replace(/`/g, '\\`')})`;
    const plain = english.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const before = text;
    text = text
      .replace(new RegExp(`="${plain}"`, 'g'), () => `="\${${call}}"`)
      .replace(new RegExp(`([>}]\\s*)${plain}(\\s*[<$])`, 'g'), (_, open, close) => `${open}\${${call}}${close}`)
      .replace(new RegExp(`(['"])${plain}\\1(?!\\s*:)`, 'g'), () => call);
    if (text !== before) seen.add(english);
  }
  return text;
}
