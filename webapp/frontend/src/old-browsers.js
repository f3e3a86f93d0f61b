// What Chromium 86 lacks of what the bundled libraries call.
Object.hasOwn ??= (object, key) => Object.prototype.hasOwnProperty.call(object, key);
globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value));
