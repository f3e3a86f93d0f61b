// The words of the drawing editor: both Chinese dictionaries, then our own.
import community from 'bpmn-js-i18n/translations/zn';
import zh from 'bpmn-js-i18n-zh/lib/bpmn-js';
import panel from 'bpmn-js-i18n-zh/lib/properties-panel';
import zeebe from 'bpmn-js-i18n-zh/lib/zeebe-properties-panel';
import own from '../words/modeller.json';
import { wordsOf } from './dictionary.js';

// What somebody saw in English; a test looks at it.
export const { translate, untranslated } = wordsOf({ ...community, ...zh, ...panel, ...zeebe, ...own });

export default { translate: ['value', translate] };
