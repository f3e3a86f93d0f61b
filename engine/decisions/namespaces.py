"""The XML namespaces a decision file may carry: versions of DMN that mean the same, and others."""

from __future__ import annotations

# DMN 1.1 to 1.5: what is read here is written and means the same in all of them.
DMN = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}

# Picture, files and tools: without effect on what is decided.
SILENT = frozenset(
    {
        "http://www.omg.org/spec/DMN/20180521/DMNDI/",
        "https://www.omg.org/spec/DMN/20191111/DMNDI/",
        "https://www.omg.org/spec/DMN/20211108/DMNDI/",
        "https://www.omg.org/spec/DMN/20230324/DMNDI/",
        "http://www.omg.org/spec/DMN/20180521/DC/",
        "http://www.omg.org/spec/DMN/20180521/DI/",
        "http://bpmn.io/schema/dmn/biodi/1.0",
        "http://bpmn.io/schema/dmn/biodi/2.0",
        "http://camunda.org/schema/modeler/1.0",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/XML/1998/namespace",
        "http://www.signavio.com/schema/dmn/1.1/",
        "http://www.trisotech.com/2015/triso/modeling",
        "http://www.trisotech.com/2014/triso/dmn",
    }
)

# Notes of another engine that say nothing about what is decided.
TECHNICAL = {
    "http://camunda.org/schema/1.0/dmn": frozenset({"historyTimeToLive", "versionTag"}),
    "http://camunda.org/schema/zeebe/1.0": frozenset({"versionTag"}),
}

FEEL = frozenset(
    {
        "",
        "feel",
        "http://www.omg.org/spec/FEEL/20140401",
        "http://www.omg.org/spec/DMN/20180521/FEEL/",
        "https://www.omg.org/spec/DMN/20191111/FEEL/",
        "https://www.omg.org/spec/DMN/20211108/FEEL/",
        "https://www.omg.org/spec/DMN/20230324/FEEL/",
    }
)
"""What ``expressionLanguage`` or ``typeLanguage`` may say, in small letters where it is a word."""
