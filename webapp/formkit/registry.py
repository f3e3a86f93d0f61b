"""The widgets of all component types: the built-in ones and those plugged in."""

from __future__ import annotations

from engine.errors import Conflict
from webapp.formkit.widget import Widget
from webapp.formkit.widgets import BUILT_IN

_known: dict[str, Widget] = dict(BUILT_IN)


class WidgetTaken(Conflict):
    """Two widgets want the same component type."""

    code = "widget_taken"


def register_widget(name: str, widget: Widget) -> None:
    """Give a component type its HTML; doing it twice with the same widget changes nothing."""
    if _known.setdefault(name, widget) is not widget:
        raise WidgetTaken(
            f"组件类型“{name}”的界面已经存在", f"the type {name} has a widget already", type=name
        )


def widget_of(name: str) -> Widget:
    """The widget of a component type."""
    return _known[name]
