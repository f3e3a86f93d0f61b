// On every page: htmx, the folding parts of the page frame, and the small islands.
import './old-browsers.js';
import 'htmx.org';
import '@tabler/core/js/src/bootstrap/alert';
import '@tabler/core/js/src/bootstrap/collapse';
import '@tabler/core/js/src/bootstrap/dropdown';
import '@tabler/core/js/src/bootstrap/modal';
import '@tabler/core/js/src/bootstrap/offcanvas';
import './islands/auto-save.js';
import './islands/error-summary.js';
import './islands/keep-form.js';
import './islands/row-keys.js';
import './islands/score-sheet.js';
import './islands/upload-zone.js';
