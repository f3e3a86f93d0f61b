// Kinds of field that only this product has: they can be placed and named; the server shows them.
import { h } from 'preact';

function ScoreSheet({ field }) {
  return h('div', { class: 'fjs-form-field own-field' }, `${field.label || ''}（评分表，按评价指标填写）`);
}

ScoreSheet.config = {
  type: 'scoreSheet',
  keyed: true,
  name: '评分表',
  group: 'basic-input',
  create: (options = {}) => ({ label: '评分表', ...options }),
};

class OwnFields {
  constructor(formFields) {
    formFields.register('scoreSheet', ScoreSheet);
  }
}

OwnFields.$inject = ['formFields'];

export default { __init__: ['ownFields'], ownFields: ['type', OwnFields] };
