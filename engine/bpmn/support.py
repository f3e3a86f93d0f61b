"""The table of BPMN: every feature is executed as BPMN 2.0 says, or refused by name.

One row a feature. The reader asks this table and nothing else, so turning a refusal into
execution is one changed row (and the engine that does it). ``docs/bpmn-support.md`` is printed
from it by :mod:`engine.bpmn.support_page`.
"""

from __future__ import annotations

from engine.bpmn import support_elements as elements
from engine.bpmn import support_events as events
from engine.bpmn import support_subs as subs
from engine.bpmn.feature import Feature, Verdict

SECTIONS: tuple[tuple[str, str, tuple[Feature, ...]], ...] = (
    ("活动", "Activities", elements.ACTIVITIES),
    ("网关", "Gateways", elements.GATEWAYS),
    ("开始事件", "Start events", events.STARTS),
    ("事件子流程的开始事件", "Start events of event sub-processes", subs.EVENT_SUB_STARTS),
    ("结束事件", "End events", events.ENDS),
    ("中间事件", "Intermediate events", events.INTERMEDIATE),
    ("边界事件", "Boundary events", events.BOUNDARIES),
    ("事件定义", "Event definitions", events.DEFINITIONS),
    ("标记", "Markers", elements.MARKERS),
    ("顺序流", "Sequence flows", elements.FLOWS),
    ("数据", "Data", elements.DATA),
    ("图示与其他", "Picture and other", elements.PICTURE),
)

FEATURES: dict[str, Feature] = {f.key: f for _, _, rows in SECTIONS for f in rows}


def feature(key: str) -> Feature:
    """The row of a feature."""
    return FEATURES[key]


def is_executed(key: str) -> bool:
    """Whether the engine executes this feature."""
    return FEATURES[key].verdict is Verdict.EXECUTED
