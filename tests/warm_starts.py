"""Programs started warm: a server that has loaded them forks for each start.

Loading what a child of the product needs takes a second, doing what it is asked a hundredth. The
forked process sets its own limits and gets the environment, the folder and the streams that a new
one would get. A test about how a new process begins, or what it costs, starts one instead.

``stand_in.py`` takes the place of the child: it hands its streams over and ends as the fork did.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from engine.dry_run import sandbox as dry
from engine.gate import sandbox as gate

LOADED = (
    "structlog",
    "engine.gate.child",
    "engine.gate.imported",
    "engine.dry_run.child",
    "engine.dry_run.run",
    "engine.dry_run.trial",
    "webapp.cli",
    "webapp.usecases.checking",
)
ROOT = Path(__file__).parents[1]
STAND_IN = str(Path(__file__).with_name("stand_in.py"))


@contextmanager
def server(address: Path) -> Iterator[None]:
    """A server at this address, ready."""
    command = (sys.executable, "-P", "-m", "tests.warm_starts", str(address))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield  # it ends when its standard input does


def start(address: Path, entry: str) -> tuple[str, ...]:
    """The command that starts ``module:function`` in a fork of the server."""
    return (sys.executable, "-I", "-S", STAND_IN, str(address), entry)


@contextmanager
def children(address: Path) -> Iterator[None]:
    """Have the children of the product started warm in this process."""
    reading = start(address, "engine.gate.child:main")
    playing = start(address, "engine.dry_run.child:main")
    commands = {gate.check_in_child: reading, gate.import_in_child: reading}
    commands |= {gate.survives: reading, dry.try_in_child: playing}
    with ExitStack() as undone:
        for function, command in commands.items():
            undone.callback(_set_command, function, function.__kwdefaults__["command"])
            _set_command(function, command)
        yield


def _set_command(function: Callable[..., object], command: Sequence[str]) -> None:
    function.__kwdefaults__["command"] = command


# ---------------------------------------------------------------- the server


def _serve(address: str) -> None:
    for name in LOADED:
        importlib.import_module(name)
    with children(Path(address)), socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(16)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who answer
        print("ready", flush=True)
        while listening in select.select([listening, 0], [], [])[0]:
            line, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                os._exit(_answer(line))
            line.close()


def _answer(line: socket.socket) -> int:
    """Run one job in a fork and tell how it ended; who asked may go away before."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    written, streams, _, _ = socket.recv_fds(line, 1 << 20, 3)
    child = os.fork()
    if child == 0:
        os._exit(_become(json.loads(written), streams))
    for stream in streams:
        os.close(stream)
    if line in select.select([line, os.pidfd_open(child)], [], [])[0]:
        os.kill(child, signal.SIGKILL)
        return 0
    _, status = os.waitpid(child, 0)
    line.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    return 0


def _become(job: dict[str, object], streams: list[int]) -> int:
    """The forked process as the new one would have been; its exit status."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(str(job["cwd"]))
    os.environ.clear()
    os.environ.update(job["env"])  # type: ignore[call-overload]
    sys.argv = ["lucheng", *job["arguments"]]  # type: ignore[misc]
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", closefd=False)
    module, _, function = str(job["entry"]).partition(":")
    code: object
    try:
        code = getattr(importlib.import_module(module), function)()
    except SystemExit as ended:
        code = ended.code
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code if isinstance(code, int) else int(code is not None)


if __name__ == "__main__":
    _serve(sys.argv[1])
