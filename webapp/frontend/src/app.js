import 'htmx.org';
import '@tabler/core/js/src/bootstrap/alert';
import '@tabler/core/js/src/bootstrap/collapse';
import '@tabler/core/js/src/bootstrap/dropdown';
import '@tabler/core/js/src/bootstrap/modal';
import '@tabler/core/js/src/bootstrap/offcanvas';
