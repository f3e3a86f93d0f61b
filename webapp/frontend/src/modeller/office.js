// 办理规定: what a step allows and how it is decided, in zeebe:properties, as the engine reads them.
import { CheckboxEntry, Group, SelectEntry, TextFieldEntry, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { read, write, writeInList } from './properties.js';

const OPERATIONS = {
  transfer: '不许转办', delegate: '不许委派', substitute: '不许代理', 'add-signer': '不许加签', 'remove-signer': '不许减签',
  return: '不许退回', recall: '不许撤回', copy: '不许抄送', ask: '不许沟通',
};
const RESUBMIT = { '': '由退回人选择', steps: '逐级重新办理', direct: '直接回到退回人', choose: '退回人每次选择' };
const VOTES = { '': '不表决', all: '会签：都同意', any: '或签：一人同意', ratio: '按人数比例', weight: '按票重比例', count: '按票数' };

const texts = (list) => list.map(([name, label, description]) => ({ kind: 'text', name, label, description }));
const STEP = [
  ...texts([
    ['returnTo', '可以退回到', '环节编号，逗号分隔'],
    ['separateFrom', '办过这些环节的人不能办', '环节编号，逗号分隔'],
    ['barred', '应当回避的人', '以“=”开头的表达式，得到人员或角色'],
    ['legalDue', '法定期限', '例如 =working days(parameter("参数"))'],
    ['escalateTo', '超期告知', '角色，逗号分隔，或以“=”开头的表达式'],
  ]),
  { kind: 'select', name: 'resubmit', label: '退回后怎样再提交', options: RESUBMIT },
  { kind: 'flag', name: 'shownToApplicant', label: '申请人看得到本环节' },
  { kind: 'flag', name: 'independent', label: '各自独立提意见' },
  { kind: 'flag', name: 'declaresTies', label: '先申报利害关系' },
  ...Object.entries(OPERATIONS).map(([name, label]) => ({ kind: 'forbidden', name, label })),
];
const VOTE = [
  { kind: 'select', name: 'vote', label: '怎样决定', options: VOTES },
  ...texts([
    ['voteYes', '怎样算同意', '例如 =decision = "agree"'],
    ['voteNeeded', '需要多少', '比例（0 到 1）或票数'],
    ['voteWeight', '一人的票重', '不填为 1'],
    ['voteVeto', '谁有否决权', '以“=”开头的表达式'],
    ['voteResult', '结果放进变量', '得到真或假'],
    ['minimumSigners', '减签后至少几人', ''],
  ]),
];
const GROUNDS = [
  ...texts([
    ['legalBasis', '法律依据', ''],
    ['rule', '规则编号', '逗号分隔'],
    ['stage', '阶段', '申请人看到的阶段名称'],
    ['publicStage', '对外的阶段', '不便告知的环节共用一个名称'],
  ]),
  { kind: 'flag', name: 'rigid', label: '刚性环节（下级不得删改）' },
];

class OfficeRules {
  constructor(propertiesPanel, injector) {
    this.injector = injector;
    propertiesPanel.registerProvider(400, this);
  }

  getGroups(element) {
    return (groups) => {
      if (!is(element, 'bpmn:Activity')) return groups;
      const own = [
        ...(is(element, 'bpmn:UserTask') ? [this.group('office-step', '办理规定', STEP, element)] : []),
        ...(getBusinessObject(element).loopCharacteristics ? [this.group('office-vote', '会签与票签', VOTE, element)] : []),
        this.group('office-grounds', '依据与规则', GROUNDS, element),
      ].filter((group) => group.entries.length);
      const at = groups.findIndex(({ id }) => id === 'documentation') + 1;
      return [...groups.slice(0, at), ...own, ...groups.slice(at)];
    };
  }

  // What the template of the step asks for itself is not asked for twice.
  group(id, label, fields, element) {
    const template = this.injector.get('elementTemplates', false)?.get(element);
    const asked = new Set((template?.properties || []).map(({ binding }) => binding.type === 'zeebe:property' && binding.name));
    const entries = fields.filter(({ name }) => !asked.has(name)).map((field) => entry(field, element));
    return { id, label, component: Group, entries };
  }
}

function entry(field, element) {
  const component = { text: Text, select: Select, flag: Flag, forbidden: Forbidden }[field.kind];
  return { id: `office-${field.name}`, element, field, component, isEdited: isTextFieldEntryEdited };
}

function Text({ element, id, field }) {
  const services = useServices();
  return TextFieldEntry({
    element, id, label: field.label, description: field.description, debounce: services.debounce,
    getValue: () => read(element, field.name),
    setValue: (value) => write(services, element, field.name, value || ''),
  });
}

function Select({ element, id, field }) {
  const services = useServices();
  return SelectEntry({
    element, id, label: field.label,
    getOptions: () => Object.entries(field.options).map(([value, label]) => ({ value, label })),
    getValue: () => read(element, field.name),
    setValue: (value) => write(services, element, field.name, value),
  });
}

function Flag({ element, id, field }) {
  const services = useServices();
  return CheckboxEntry({
    element, id, label: field.label,
    getValue: () => read(element, field.name) === 'true',
    setValue: (value) => write(services, element, field.name, value ? 'true' : ''),
  });
}

function Forbidden({ element, id, field }) {
  const services = useServices();
  return CheckboxEntry({
    element, id, label: field.label,
    getValue: () => read(element, 'forbids').split(/[,\s]+/).includes(field.name),
    setValue: (value) => writeInList(services, element, 'forbids', field.name, value),
  });
}

function useServices() {
  return { debounce: useService('debounceInput'), commandStack: useService('commandStack'), bpmnFactory: useService('bpmnFactory') };
}

OfficeRules.$inject = ['propertiesPanel', 'injector'];

export default { __init__: ['officeRules'], officeRules: ['type', OfficeRules] };
