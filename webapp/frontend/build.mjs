// Bundles src/ into OUT (default: ../static/dist). `--watch` rebuilds on every change.
import fs from 'node:fs';
import path from 'node:path';
import { build, context } from 'esbuild';
import { FONT_PACKAGE, fonts } from './fonts.mjs';
import { literals } from './literals.mjs';
import { notices } from './notices.mjs';
import { pack } from './pack.mjs';
import { plainCss } from './plain-css.mjs';

const here = import.meta.dirname;
const outdir = path.resolve(here, process.env.OUT || '../static/dist');

const dictionaries = JSON.parse(fs.readFileSync(path.join(here, 'src/words/literals.json')));

const options = {
  absWorkingDir: here,
  entryPoints: ['src/app.js', 'src/app.css', 'src/viewer.js', 'src/modeller.js', 'src/form-editor.js', 'src/decision-editor.js', 'src/noscript.css'],
  plugins: [plainCss, literals(dictionaries)],
  inject: ['src/words/said.js'],
  // The form editor brings a copy of its own beside that of the viewer; they must be the same.
  alias: { preact: path.join(here, 'node_modules/preact') },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  target: ['chrome86'],
  entryNames: '[name]',
  chunkNames: 'chunks/[name]-[hash]',
  assetNames: 'assets/[name]-[hash]',
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file' },
};

if (process.argv.includes('--watch')) {
  await (await context({ ...options, logLevel: 'info' })).watch();
} else {
  const { metafile } = await build(options);
  fs.writeFileSync(path.join(outdir, 'THIRD-PARTY-NOTICES.txt'), notices(here, metafile, [FONT_PACKAGE]));
  fonts(here, outdir);
  pack(outdir);
}
