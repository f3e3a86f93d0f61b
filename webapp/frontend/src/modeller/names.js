// What the server knows of names: the expression editor suggests variables and parameters, and the
// plain fields of the panel suggest roles, forms, decisions and procedures.
const LISTS = { roles: 'candidateGroups', forms: 'formId', decisions: 'decisionId', processes: 'targetProcessId' };

class KnownNames {
  constructor(eventBus, canvas) {
    this.variables = [];
    this.canvas = canvas;
    eventBus.on('propertiesPanel.attach', () => this.watch());
  }

  // The panel asks for these whenever it shows an expression.
  getVariablesForElement() {
    return this.variables;
  }

  learn(names) {
    const parameters = names.parameters.map((key) => ({ name: `parameter("${key}")`, info: '', detail: '' }));
    this.variables = [...names.variables, ...parameters];
    for (const list of Object.keys(LISTS)) this.offer(list, names[list]);
    this.watch();
  }

  offer(list, entries) {
    const id = `names-${list}`;
    const holder = document.getElementById(id) || document.createElement('datalist');
    holder.id = id;
    holder.replaceChildren(...entries.map((entry) => option(Array.isArray(entry) ? entry : [entry, entry])));
    document.querySelector('bpmn-modeler').append(holder);
  }

  // A field belongs to a list by the end of its id; the panel makes its fields anew all the time.
  watch() {
    const panel = document.querySelector('.modeller-panel');
    if (this.watching || !panel) return;
    panel.addEventListener('focusin', ({ target }) => {
      const list = Object.keys(LISTS).find((name) => target.id?.endsWith(LISTS[name]));
      if (list && target.tagName === 'INPUT') target.setAttribute('list', `names-${list}`);
    });
    this.watching = true;
  }
}

function option([value, label]) {
  const made = document.createElement('option');
  made.value = value;
  made.label = label;
  return made;
}

KnownNames.$inject = ['eventBus', 'canvas'];

export default { __init__: ['variableResolver'], variableResolver: ['type', KnownNames] };
