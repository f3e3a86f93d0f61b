// The names, versions and licence texts of every package whose code is in the bundle, or of which
// files lie beside it.
import fs from 'node:fs';
import path from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

export function notices(root, metafile, beside = []) {
  const bundled = Object.keys(metafile.inputs).map(packageFolder).filter(Boolean);
  const folders = new Set([...bundled, ...beside]);
  return [...folders].sort().map((folder) => notice(path.join(root, folder))).join('\n');
}

function packageFolder(input) {
  return input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function notice(folder) {
  const facts = JSON.parse(fs.readFileSync(path.join(folder, 'package.json')));
  const author = facts.author?.name || facts.author || 'its contributors';
  const files = fs.readdirSync(folder).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
  if (!texts.length) texts.push(`Copyright: ${author}. Licence: ${facts.license}.`);
  const head = `${facts.name} ${facts.version} (${facts.license})`;
  return ['='.repeat(78), head, '', ...texts, ''].join('\n');
}
