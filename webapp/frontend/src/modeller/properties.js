// Reading and writing zeebe:property of an element, each writing one step of the undo stack.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

export function read(element, name) {
  return lines(element).find((line) => line.name === name)?.value || '';
}

export function write({ commandStack, bpmnFactory }, element, name, value) {
  const bo = getBusinessObject(element);
  const commands = [];
  const change = (moddleElement, properties) =>
    commands.push({ cmd: 'element.updateModdleProperties', context: { element, moddleElement, properties } });
  const make = (type, parent, facts) => Object.assign(bpmnFactory.create(type, facts), { $parent: parent });
  let extensions = bo.extensionElements;
  if (!extensions) {
    extensions = make('bpmn:ExtensionElements', bo, { values: [] });
    change(bo, { extensionElements: extensions });
  }
  let holder = holderOf(element);
  if (!holder) {
    holder = make('zeebe:Properties', extensions, { properties: [] });
    change(extensions, { values: [...(extensions.values || []), holder] });
  }
  const others = (holder.properties || []).filter((line) => line.name !== name);
  const own = value ? [make('zeebe:Property', holder, { name, value })] : [];
  change(holder, { properties: [...others, ...own] });
  commandStack.execute('properties-panel.multi-command-executor', commands);
}

export function writeInList(services, element, name, word, isIn) {
  const others = read(element, name).split(/[,\s]+/).filter((one) => one && one !== word);
  write(services, element, name, [...others, ...(isIn ? [word] : [])].join(', '));
}

function holderOf(element) {
  return getBusinessObject(element).extensionElements?.values?.find((one) => one.$type === 'zeebe:Properties');
}

function lines(element) {
  return holderOf(element)?.properties || [];
}
