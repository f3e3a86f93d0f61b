// The modeler of bpmn.io with what an administrator needs around it.
import Modeler from 'bpmn-js/lib/Modeler';
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel';
import zeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud';
import { CloudElementTemplatesPropertiesProviderModule } from 'bpmn-js-element-templates';
import { CreateAppendAnythingModule, CreateAppendElementTemplatesModule } from 'bpmn-js-create-append-anything';
import templateChooser from '@bpmn-io/element-template-chooser';
import templateIcons from '@bpmn-io/element-template-icon-renderer';
import tokenSimulation from 'bpmn-js-token-simulation';
import minimap from 'diagram-js-minimap';
import colours from 'bpmn-js-color-picker';
import betweenDiagrams from 'bpmn-js-native-copy-paste';
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json';
import officeRules from './office.js';
import knownNames from './names.js';
import domainSteps from './steps.js';
import translation from './words.js';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import 'bpmn-js-element-templates/dist/assets/element-templates.css';
import '@bpmn-io/element-template-chooser/dist/element-template-chooser.css';
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css';
import 'diagram-js-minimap/assets/diagram-js-minimap.css';
import 'bpmn-js-color-picker/colors/color-picker.css';

export function createCanvas(frame, templates) {
  const modeler = new Modeler({
    container: frame.canvas,
    propertiesPanel: { parent: frame.panel },
    moddleExtensions: { zeebe },
    additionalModules: [
      translation,
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      zeebeBehaviors,
      CloudElementTemplatesPropertiesProviderModule,
      CreateAppendAnythingModule,
      CreateAppendElementTemplatesModule,
      templateChooser,
      templateIcons,
      tokenSimulation,
      minimap,
      colours,
      domainSteps,
      officeRules,
      knownNames,
      betweenDiagrams,
    ],
  });
  modeler.on('elementTemplates.errors', ({ errors }) => errors.forEach((problem) => console.error(problem)));
  modeler.get('elementTemplatesLoader').setTemplates(templates);
  return modeler;
}
