// An esbuild plugin: writes Tabler's stylesheet in words that a browser of 2020 knows.
// The product has one (light) theme, so light-dark() has one answer, and the opacity
// of Bootstrap's utilities, mixed into every colour, is always whole.
import fs from 'node:fs';

const LOGICAL = [
  [/\bmargin-inline-start:/g, 'margin-left:'],
  [/\bmargin-inline-end:/g, 'margin-right:'],
  [/\bpadding-inline-start:/g, 'padding-left:'],
  [/\bpadding-inline-end:/g, 'padding-right:'],
  [/\bborder-inline-start/g, 'border-left'],
  [/\bborder-inline-end/g, 'border-right'],
  [/\bborder-start-start-radius:/g, 'border-top-left-radius:'],
  [/\bborder-start-end-radius:/g, 'border-top-right-radius:'],
  [/\bborder-end-start-radius:/g, 'border-bottom-left-radius:'],
  [/\bborder-end-end-radius:/g, 'border-bottom-right-radius:'],
  [/\binset-inline-start:/g, 'left:'],
  [/\binset-inline-end:/g, 'right:'],
  [/\bfloat: inline-start/g, 'float: left'],
  [/\bfloat: inline-end/g, 'float: right'],
];

export const plainCss = {
  name: 'plain-css',
  setup(build) {
    build.onLoad({ filter: /@tabler[\\/]core[\\/].*\.css$/ }, ({ path }) => {
      return { contents: plain(fs.readFileSync(path, 'utf8')), loader: 'css' };
    });
  },
};

export function plain(css) {
  const lit = replaceCalls(css, 'light-dark', ([light]) => light);
  const whole = replaceCalls(lit, 'color-mix', ([, colour, other], call) => {
    const opaque = colour.match(/^(.*) calc\(var\(--tblr-[a-z-]*opacity(?:, 1)?\) \* 100%\)$/);
    return opaque && other === 'transparent' ? opaque[1] : call;
  });
  const hex = whole.replace(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)(?:deg)?\)/g, (_, l, c, h) => oklchToHex(l / 100, c, h));
  return LOGICAL.reduce((text, [from, to]) => text.replace(from, to), hex);
}

// The conversion of CSS Color 4, clipped to sRGB.
function oklchToHex(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return `#${linear.map(channelToHex).join('')}`;
}

function channelToHex(value) {
  const bounded = Math.min(1, Math.max(0, value));
  const gamma = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * bounded ** (1 / 2.4) - 0.055;
  return Math.round(gamma * 255).toString(16).padStart(2, '0');
}

// Replaces every name(…) by what `answer` makes of its arguments, innermost first.
function replaceCalls(text, name, answer) {
  let result = text;
  for (let at = result.lastIndexOf(`${name}(`); at >= 0; at = at && result.lastIndexOf(`${name}(`, at - 1)) {
    const { parts, end } = argumentsAt(result, at + name.length + 1);
    const call = result.slice(at, end);
    result = result.slice(0, at) + answer(parts, call) + result.slice(end);
  }
  return result;
}

function argumentsAt(text, start) {
  const parts = [];
  let [depth, from, at] = [0, start, start];
  for (; depth >= 0; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && text[at] === ',')) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return { parts, end: at };
}
