// What a device keeps of forms that the server does not have yet, by key; nothing stays for long.
const NAME = 'lucheng';
const STORE = 'forms';
const OLDEST = 30 * 24 * 3600 * 1000;

function open() {
  return new Promise((good, bad) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error);
  });
}

async function act(mode, doing) {
  const db = await open();
  return new Promise((good, bad) => {
    const asked = doing(db.transaction(STORE, mode).objectStore(STORE));
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error);
  }).finally(() => db.close());
}

export const read = (key) => act('readonly', (store) => store.get(key));
export const write = (key, kept) => act('readwrite', (store) => store.put(kept, key));
export const drop = (key) => act('readwrite', (store) => store.delete(key));

export const forget = () => indexedDB.deleteDatabase(NAME);

export async function purge() {
  for (const key of await act('readonly', (store) => store.getAllKeys())) {
    const kept = await read(key);
    if (Date.now() - kept.at > OLDEST) await drop(key);
  }
}
