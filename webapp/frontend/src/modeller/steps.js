// The steps of the field stand in the palette, and first in the menus that create and append.
const MENUS = ['bpmn-create', 'bpmn-append'];
const FIRST = 'replace-template';

class DomainSteps {
  constructor(palette, popupMenu, elementTemplates, create, eventBus) {
    Object.assign(this, { elementTemplates, create });
    palette.registerProvider(200, this);
    eventBus.on('elementTemplates.changed', () => palette._rebuild());
    for (const menu of MENUS) popupMenu.registerProvider(menu, 100, { getPopupMenuEntries: () => templatesFirst });
  }

  getPaletteEntries() {
    const own = this.elementTemplates.getLatest().map((template) => [`step-${template.id}`, this.entry(template)]);
    return (entries) => ({ ...entries, ...Object.fromEntries(own) });
  }

  entry(template) {
    const start = (event) => this.create.start(event, this.elementTemplates.createElement(template));
    return {
      group: 'domain-steps',
      title: template.name,
      ...(template.icon ? { html: picture(template.icon.contents) } : { className: 'bpmn-icon-task' }),
      action: { click: start, dragstart: start },
    };
  }
}

// The title says what it is; the server lets no picture through that could leave the attribute.
function picture(contents) {
  return `<div class="entry" draggable="true"><img src="${contents}" alt=""></div>`;
}

function templatesFirst(entries) {
  const isTemplate = ([id]) => id.includes('template') || id.startsWith(FIRST);
  const all = Object.entries(entries);
  return Object.fromEntries([...all.filter(isTemplate), ...all.filter((entry) => !isTemplate(entry))]);
}

DomainSteps.$inject = ['palette', 'popupMenu', 'elementTemplates', 'create', 'eventBus'];

export default { __init__: ['domainSteps'], domainSteps: ['type', DomainSteps] };
