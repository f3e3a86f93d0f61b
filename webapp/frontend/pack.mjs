// Writes a .gz beside every text file of the bundle, the same bytes for the same file every time.
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const TEXTS = new Set(['.css', '.js', '.svg', '.txt']);

export function pack(folder) {
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (TEXTS.has(path.extname(name))) {
      fs.writeFileSync(`${file}.gz`, gzipSync(fs.readFileSync(file), { level: 9 }));
    }
  }
}
