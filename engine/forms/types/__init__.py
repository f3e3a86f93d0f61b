"""The types of component that form-js knows and we execute."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.forms.component_type import ComponentType
from engine.forms.types.choice import CHECKBOX, CHECKLIST, RADIO, SELECT, TAGLIST
from engine.forms.types.containers import DYNAMIC_LIST, GROUP
from engine.forms.types.files import FILEPICKER
from engine.forms.types.moment import DATETIME
from engine.forms.types.number import NUMBER
from engine.forms.types.static import (
    BUTTON,
    EXPRESSION,
    HTML,
    IMAGE,
    SEPARATOR,
    SPACER,
    TABLE,
    TEXT,
)
from engine.forms.types.text import TEXTAREA, TEXTFIELD

BUILT_IN: Mapping[str, ComponentType] = MappingProxyType(
    {
        "textfield": TEXTFIELD,
        "textarea": TEXTAREA,
        "number": NUMBER,
        "datetime": DATETIME,
        "checkbox": CHECKBOX,
        "checklist": CHECKLIST,
        "radio": RADIO,
        "select": SELECT,
        "taglist": TAGLIST,
        "filepicker": FILEPICKER,
        "expression": EXPRESSION,
        "group": GROUP,
        "dynamiclist": DYNAMIC_LIST,
        "text": TEXT,
        "html": HTML,
        "image": IMAGE,
        "separator": SEPARATOR,
        "spacer": SPACER,
        "table": TABLE,
        "button": BUTTON,
    }
)
