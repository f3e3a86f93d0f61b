"""Expressions written to break out, to hang, or to eat memory."""

from __future__ import annotations

from collections.abc import Iterator

LONG = "string join(for i in 1..9000 return "

ESCAPES = """
__import__("os").system("id")
().__class__.__bases__[0].__subclasses__()
"".__class__.__mro__
"a".__class__
name.__class__
name.__class__.__base__
items.__class__
items.__getitem__(0)
items.clear()
items.append(1)
items.sort()
scores.__len__
applicant.__dict__
applicant.keys()
applicant.items
applicant["__class__"]
applicant.__class__.__init__.__globals__
name.upper()
name.format(applicant)
"{0.__class__}".format(name)
"{name.__class__}"
"%s" % name
f"{name}"
a.real
a.numerator
a.__class__
a.as_tuple()
@"2026-01-01".__class__
@"2026-01-01".strftime("%Y")
@"2026-01-01".replace(2027)
@"2026-01-01".today()
@"P1D".total_seconds()
@"P1D".resolution
@"2026-01-01T00:00:00Z".tzinfo
@"2026-01-01T00:00:00Z".now()
[1..2].__class__
[1..2].start_included
[1..2].__dict__
complete.bit_length()
nothing.__class__
getattr(name, "__class__")
setattr(applicant, "name", "x")
globals()
locals()
vars()
dir()
open("/etc/passwd")
open("/etc/passwd").read()
eval("1")
exec("import os")
compile("1", "", "eval")
input()
print(name)
exit()
breakpoint()
type(name)
type("X", (), {})
import os
from os import system
lambda x: x
def f(): return 1
x := 1
a = 1; b = 2
del a
global a
while true
class X: pass
@property
{f: function(x) f(x), r: f(1)}.r
function(x) x
function() external {java: {class: "java.lang.Runtime", method signature: "exec(String)"}}
{f: function(x) external {java: {class: "java.lang.System", method signature: "exit(int)"}}}.f(0)
sort([3, 1, 2], function(x, y) x < y)
sum.__call__([1])
count.__globals__
(count)([1])
applicant.name()
items[1]()
"count"([1])
number.__self__
string.__init__
java.lang.System.exit(0)
process.env
this.constructor.constructor("return process")()
${7*7}
{{7*7}}
<%= 7*7 %>
#{7*7}
`ls`
$(ls)
'; drop table cases; --
1 or 1=1 --
<script>alert(1)</script>
../../etc/passwd
file:///etc/passwd
@"../../etc/passwd"
@"2026-01-01T00:00:00@../../etc/passwd"
@"2026-01-01T00:00:00@/etc/passwd"
date and time(@"2026-01-01T00:00:00Z", "../../../etc/passwd")
date and time(@"2026-01-01T00:00:00Z", "localtime")
date and time(@"2026-01-01T00:00:00Z", "posixrules")
matches("a", "(?P<x>a)(?P=x)")
matches("a", "(?{system('id')})")
matches("a", "\\\\Qa\\\\E(?>a)")
replace("a", "a", "\\g<0>")
replace("a", "(a)", "$9")
replace("a", "a", "$")
replace("a", "a", "\\")
split("a", "(")
extract("a", "[")
extract("a", "*")
"""

ONE_LINERS = """
9**9**9
9**9**7
9**999
1.1**99999999999
2**0.5**0.5**0.5
(-9)**9**8
1e999999999 + 1
1e9999
1E+999 * 1E+999
1E-999 / 1E+999
-1E+999 - 1E+999
1E+999 + 1
round half up(1E+900, 900)
round up(1E-900, 2)
floor(1E+999)
decimal(1E+999, 999)
decimal(1.5, 1E+20)
modulo(1E+999, 3)
modulo(1E+999, 1E-999)
modulo(-1E-999, 7)
even(1E+999)
sqrt(1E+999)
exp(1E+9)
exp(-1E+9)
log(1E-999)
string(1E+999)
string(1E-999)
number("1E+999")
number("9999999999999999999999999999999999999")
substring("a", 1E+999)
substring("a", 1E+9, 1E+9)
sublist([1], -1E+999)
insert before([1], 1E+99, 2)
partition([1], 1E+99)
[1, 2][1E+999]
[1, 2][1E-999]
for i in 1..1E+999 return i
for i in 1E+998..1E+999 return i
for i in 1E-3..1 return i
for i in -1E+14..1E+14 return i
count(for a in 1..2000, b in 1..2000, c in 1..2000 return a + b + c)
count(for a in 1..999999999 return a)
some a in 1..99999, b in 1..99999 satisfies a + b = -1
every a in 1..99999 satisfies every b in 1..99999 satisfies a > 0
some d in [@"0001-01-01"..@"9999-12-31"] satisfies d.year = 0
for d in [@"0001-01-01"..@"9999-12-31"] return d
date("9999-12-31") + duration("P1D")
date("0001-01-01") - duration("P1D")
date(999999999, 1, 1)
date(1E+999, 1, 1)
date(-1, 1, 1)
time(1E+999, 0, 0)
time(0, 0, 1E+999)
time(0, 0, 0, duration("P99D"))
duration("P99999999999999Y")
duration("P999999D") * 1E+900
duration("P999999D") / 1E-900
duration("P9999Y") * 1E+900
duration("P9999Y") + duration("P9999Y")
duration("P1D") / duration("PT0.000001S")
@"9999-12-31T23:59:59-14:00" < @"0001-01-01T00:00:00+14:00"
@"0001-01-01T00:00:00@Asia/Shanghai" - duration("PT1S")
@"0001-01-01T00:00:00+14:00" - @"9999-12-31T00:00:00Z"
date and time(@"0001-01-01T00:00:00Z", "America/New_York")
date and time(@"9999-12-31T23:59:59Z", "Asia/Shanghai")
time("00:00:00") - duration("P999999999D")
years and months duration(@"0001-01-01", @"9999-12-31")
last day of month(@"9999-12-31")
week of year(@"0001-01-01")
{a: a, b: [a, a], c: [b, b]}
{a: [1,1,1,1,1,1,1,1,1], b: [a,a,a,a,a,a,a,a], c: [b,b,b,b,b,b,b,b], d: [c,c,c,c], e: [d,d,d]}
for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]
count(for i in 1..30 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))
string(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])
flatten(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])
distinct values(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])
list contains(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], 7)
for i in 1..5000 return partial
for i in 1..5000 return [partial[-1]]
string((for i in 1..5000 return [partial[-1]])[-1])
flatten((for i in 1..5000 return [partial[-1]])[-1])
(for i in 1..5000 return [partial[-1]])[-1] = (for i in 1..5000 return [partial[-1]])[-1]
distinct values([(for i in 1..5000 return [partial[-1]])[-1]])
(for i in 1..5000 return {x: partial[-1]})[-1]
(for i in 1..70 return {x: partial[-1]})[-1] = {}
string length((for i in 1..17 return if i = 1 then "aaaa" else partial[-1] + partial[-1])[-1])
(for i in 1..30 return if i = 1 then "aaaaaaaaaaaaaaaaaa" else partial[-1] + partial[-1])[-1]
distinct values(for i in 1..10000 return i * 2305843009213693951)
union(for i in 1..10000 return i * 2305843009213693951)
mode(for i in 1..9000 return i)
sort(for i in 1..10000 return -i)
sort(for i in 1..9000 return modulo(i * 7919, 104729))
median(for i in 1..9000 return modulo(i * 7919, 104729))
stddev(for i in 1..10000 return i / 7)
product(for i in 1..9000 return 1.0000001)
product(for i in 1..9000 return 1E+9)
index of(for i in 1..9000 return 1, 1)
duplicate values(for i in 1..9000 return modulo(i, 10))
partition(for i in 1..9000 return i, 1)
context(for i in 1..9999 return {key: string(i), value: i})
context merge(for i in 1..9999 return {a: 1})
get value({a: 1}, for i in 1..9999 return "a")
context put({}, for i in 1..9999 return "a", 1)
for a in 1..10000 return {x: a}
for a in 1..10000 return [a, a]
for a in 1..10000 return [a..a + 1]
for a in 1..10001 return a
append(for a in 1..10000 return a, 1)
concatenate(for a in 1..9000 return a, for a in 1..9000 return a)
{l: for i in 1..9000 return i, r: for j in 1..999 return reverse(l)}
{l: for i in 1..9000 return i, r: for j in 1..9999 return l[j]}
{l: for i in 1..900 return i, r: for j in 1..9999 return l[item > 10]}
{l: for i in 1..9000 return i, r: for j in 1..9999 return count(l)}
{l: for i in 1..9000 return i, r: for j in 1..9999 return list contains(l, 0)}
{l: for i in 1..5000 return {a: i}, r: for j in 1..99 return l.a}
{l: for i in 1..9000 return i, r: some j in 1..9999 satisfies l = reverse(l)}
matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")
replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a|a)*$", "x")
split("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a*)*b")
matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a?){35}a{35}")
matches("a", "((((a{100}){100}){100}){100})")
matches("a", "(\\pL{1,50}){10}")
matches("a", "[[:^ascii:]]{1000}")
matches("a", "a{1001}")
matches("a", "(?i)(?s)(?m)a")
some a in 1..500 satisfies matches("a", string(a) + "(\\pL{1,50}){10}")
some a in 1..99999 satisfies matches("a", "b")
"""

BODIES = """
2 ** 0.5 < 0
1.000000000000001 ** 999.5 < 0
sqrt(a + 0.33333) < 0
exp(a / 1000 + 0.33333) < 0
log(a + 0.33333) < -9
a / 7 < 0
a * 1.2345678901234567890 < 0
1E+900 + 1E-30 < 0
modulo(9E+33, 7) < 0
date("2026-01-01").year < 0
date and time("2026-01-01T00:00:00@Asia/Shanghai").year < 0
@"2026-01-01T00:00:00@Asia/Shanghai" = @"2026-01-01T00:00:00@America/New_York"
(@"2026-01-01T00:00:00@Asia/Shanghai" + @"PT1H").year < 0
duration("P1DT1H1M1.123456S") < duration("P1D")
@"P3D" / 1.5 < @"P1D"
string(@"P1DT1H1M1.123456S") = ""
string(@"2026-01-01T00:00:00@Asia/Shanghai") = ""
string(1E+900) = ""
string(a) = ""
number("12345678901234567890.123456") < 0
number("1,5", " ", ",") < 0
round half up(1.2345678, 3) < 0
is defined(missing)
get or else(missing, 1) = 0
{a: 1, b: 2, c: 3, d: 4, e: 5}.a = 0
[1, 2, 3, 4, 5, 6, 7, 8, 9, 10] = []
[1, 2, 3, 4, 5][item > 20] != []
sum(1, 2, 3) < 0
substring("abc", 1, 2) = ""
includes([1..2], [5..6])
overlaps before([1..2], [5..6])
split("a|b", "[|]") = []
replace("abc", "b", "c") = ""
context put({a: 1}, ["b", "c"], 1) = {}
a in (-5, -6, -7)
a in [[-5..-4], -3]
a between -5 and -1
[a] instance of list<string>
day of week(@"2026-01-01") = ""
"""

GROWING = """
upper case(s)
s + s
string(s)
string([s])
string({x: s})
[s]
{x: s}
s < s + "a"
s = s + "a"
contains(s, "xxxxxxxxxxxxxxxxxxxxy")
substring(s, 2)
substring after(s, "q")
split(s, "x")
split(s, "")
string join([s, s], "")
string join(for k in 1..9 return s, s)
trim(s)
matches(s, "y")
number(s)
date(s)
get value({x: s}, "x")
"""


def written() -> Iterator[str]:
    """Every attack of this corpus."""
    yield from _lines(ESCAPES)
    yield from _lines(ONE_LINERS)
    yield from bodies()
    yield from growing()
    yield from nested()
    yield from long_texts()
    yield from odd_characters()


def bodies() -> Iterator[str]:
    """The dearest steps there are, as often as the budget allows."""
    for body in _lines(BODIES):
        yield f"some a in 1..99999 satisfies {body}"


def growing() -> Iterator[str]:
    """Long texts made, copied and kept as often as the budget allows."""
    for body in _lines(GROWING):
        yield f'{{s: {LONG}"xxxxxxxxxx"), r: for j in 1..9999 return {body}}}'


def nested() -> Iterator[str]:
    """Nesting of every kind, just allowed and far beyond."""
    for depth in (20, 50, 57, 400, 1300):
        yield "(" * depth + "1" + ")" * depth
        yield "[" * depth + "]" * depth
        yield "{a:" * depth + "1" + "}" * depth
        yield "-" * depth + "1"
        yield "not(" * depth + "true" + ")" * depth
        yield "a" + ".b" * depth
        yield "a" + "[1]" * depth
        yield "if true then " * depth + "1" + " else 0" * depth
        yield "if true then 1 else " * depth + "1"
        yield "count([" * depth + "])" * depth
        yield "1 in (" * depth
        yield "x[" * depth + "x" + "]" * depth
        yield "a instance of list<" * depth
        yield "some x in " * depth
        yield "[1.." * depth
        yield "(1.." * depth + "2" + ")" * depth
    yield "some x in [1] satisfies " * 60 + "x = 1"
    yield "for i in [1], " * 200 + "j in [2] return j"
    yield "for " + ", ".join(f"x{i} in 1..9" for i in range(11)) + " return 1"
    yield "x[" * 20 + "x" + ("]" + ".b" * 40) * 20
    yield "1 + 2 * 3 ** (" * 60 + "1" + ")" * 60
    yield "1 = 2 and 3 + 4 * 5 ** (" * 60 + "1" + ")" * 60


def long_texts() -> Iterator[str]:
    """As long as an expression may be, and longer."""
    for sign in (
        "a",
        "a ",
        " ",
        "//",
        "/*",
        "1",
        ".",
        '"',
        "\\",
        "@",
        "`",
        "-",
        "not ",
        "if ",
        "?",
    ):
        yield (sign * 4000)[:3999]
    for word in ("date and ", "round half ", "years and months ", "for i in ", "1 + ", "1 or "):
        yield (word * 500)[:3900] + "1"
    yield '"' + "a" * 3990 + '"'
    yield "[" + ",".join(["1"] * 1990) + "]"
    yield "{" + ",".join(f"a{i}:{i}" for i in range(400)) + "}"
    yield "/*" + "*" * 3990
    yield "a" * 4001
    yield "1" * 1_000_000
    yield '"' + "a" * 5_000_000 + '"'


def odd_characters() -> Iterator[str]:
    """Characters that are not what they seem."""
    for sign in "\x00\x08\x1b\x7f\x85\u200b\u200e\u202e\u2066\u2028\ufeff\U000e0041\ud800":
        yield f"a {sign}> 1"
        yield f'"{sign}" = name'
    yield from ("req.__ｃlass__", "a ＞ 1", "a = “x”", "（a）", "１ + 1", "a＋1", "а = 1", "𝟏 + 1")
    yield from ('"\\u0000" = name', '"\\u202e" = name', '"\\ud800" = name', '"\\U110000" = name')


def _lines(text: str) -> Iterator[str]:
    return (line for line in text.splitlines() if line)
