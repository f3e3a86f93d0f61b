// Recover, signal one step, save: what bpmn-engine costs a completion, without a database.
import { readFileSync } from 'node:fs';
import { Engine } from 'bpmn-engine';

const STEPS = ['Fill', 'OpinionA', 'OpinionB', 'Decide'];
const CASES = 20;
const source = readFileSync(process.argv[2], 'utf8').replaceAll('"P3D"', 'P3D');

async function begin() {
  const engine = new Engine({ name: 'bench', source });
  const run = await engine.execute({ variables: { decision: 'agree' } });
  const state = JSON.stringify(await engine.getState());
  await run.stop();
  return state;
}

async function complete(state, element) {
  const engine = new Engine({ name: 'bench' }).recover(JSON.parse(state));
  const run = await engine.resume();
  if (!run.getPostponed().some((waiting) => waiting.id === element)) {
    throw new Error(`${element} does not wait`);
  }
  run.signal({ id: element, decision: 'agree' });
  const next = JSON.stringify(await engine.getState());
  await run.stop();
  return next;
}

let used = 0;
let count = 0;
for (let number = 0; number < CASES; number += 1) {
  let state = await begin();
  for (const element of STEPS.slice(0, 3)) {
    const before = process.cpuUsage();
    state = await complete(state, element);
    const spent = process.cpuUsage(before);
    if (number) {
      used += (spent.user + spent.system) / 1000;
      count += 1;
    }
  }
}
console.log(JSON.stringify({ cpu_ms: used / count, note: `${count} completions` }));
process.exit(0);
