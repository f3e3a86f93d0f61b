// Puts the fonts that documents are printed in into FOLDER/fonts; no page loads them.
import fs from 'node:fs';
import path from 'node:path';

export const FONT_PACKAGE = 'node_modules/@expo-google-fonts/noto-sans-sc';
const WEIGHTS = ['400Regular', '700Bold'];

export function fonts(root, folder) {
  fs.mkdirSync(path.join(folder, 'fonts'), { recursive: true });
  for (const weight of WEIGHTS) {
    const file = `NotoSansSC_${weight}.ttf`;
    const from = path.join(root, FONT_PACKAGE, weight, file);
    fs.copyFileSync(from, path.join(folder, 'fonts', file));
  }
}
