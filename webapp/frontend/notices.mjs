// The names, versions and licence texts of every package whose code is in the bundle.
import fs from 'node:fs';
import path from 'node:path';

const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;

export function notices(root, metafile) {
  const folders = new Set(Object.keys(metafile.inputs).map(packageFolder).filter(Boolean));
  return [...folders].sort().map((folder) => notice(path.join(root, folder))).join('\n');
}

function packageFolder(input) {
  return input.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0];
}

function notice(folder) {
  const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json')));
  const files = fs.readdirSync(folder).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
  return [`${'='.repeat(78)}`, `${name} ${version} (${license})`, '', ...texts, ''].join('\n');
}
