"""Linux namespaces by their system calls: a network, a process tree and a file tree of one's own. No root needed.

Source: the manual pages unshare(2), user_namespaces(7), mount_namespaces(7), pivot_root(2), mount_setattr(2), and the
kernel's Documentation/filesystems/overlayfs.rst. Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR = 442  # on every machine
NEW_MOUNTS, NEW_IPC, NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x20000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
NO_SETUID, NO_DEVICES, NO_EXEC, READ_ONLY = 2, 4, 8, 1
WHOLE_TREE, DETACH = 0x8000, 2
DIE_WITH_PARENT, DROP_FROM_BOUNDING_SET, NO_NEW_PRIVILEGES = 1, 24, 38
LAYER_SIZE = "size=1g,mode=755"

__all__ = ["drop_privileges", "enter", "own_processes"]


def enter(writable: list[str], hidden: list[str], layer: str) -> None:
    """Give this process its own network and files; its next child begins a process tree of its own.

    Args:
        writable: folders that stay what they are.
        hidden: folders that look empty, except for writable ones inside them.
        layer: an empty folder for what is written elsewhere.

    Raises:
        OSError: the system does not allow it.
    """
    _unshare()
    _mount(None, "/", None, RECURSIVE | PRIVATE)
    mounted = _mount_points()
    _mount("tmpfs", layer, "tmpfs", 0, LAYER_SIZE)
    root = f"{layer}/root"
    os.mkdir(root)
    _mount(root, root, None, BIND)  # pivot_root wants a mount
    for name in sorted(os.listdir("/")):
        _show(f"/{name}", layer, mounted)
    _mount("tmpfs", f"{root}/dev/shm", "tmpfs", NO_SETUID | NO_DEVICES, "size=256m")
    for path in hidden:
        if os.path.isdir(path):
            _mount("tmpfs", root + path, "tmpfs", NO_SETUID | NO_DEVICES, "size=1m,mode=755")
    for path in writable:
        os.makedirs(root + path, exist_ok=True)
        _mount(path, root + path, None, BIND)
    _move_into(root)


def own_processes() -> None:
    """Go on as the second process of a process tree that ends with its first, as what the command will be."""
    _die_with_parent()
    first = os.fork()
    if first:
        _wait_and_leave(first)
    _die_with_parent()
    try:
        _mount("proc", "/proc", "proc", NO_SETUID | NO_DEVICES | NO_EXEC)
    except OSError:  # containers forbid it: the command then sees the outer processes' numbers, and cannot reach them
        os.chdir("/")
    second = os.fork()
    if second:
        _wait_and_leave(second)


def drop_privileges() -> None:
    """Give up every capability from the next ``exec`` on, for root, too, and the way to get one back."""
    for capability in range(64):
        LIBC.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)
    LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def _unshare() -> None:
    spaces = NEW_MOUNTS | NEW_IPC | NEW_PROCESSES | NEW_NETWORK
    if os.geteuid() == 0 and LIBC.unshare(spaces) == 0:
        return
    user, group = os.geteuid(), os.getegid()
    _done(LIBC.unshare(spaces | NEW_USER), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _mount_points() -> list[str]:
    with open("/proc/self/mountinfo") as lines:
        return [line.split()[4].encode().decode("unicode_escape") for line in lines]


def _show(path: str, layer: str, mounted: list[str]) -> None:
    """Show a file or folder of the root under the new root.

    A folder gets an empty layer in memory, where everything goes that is written. The kernel refuses that for folders
    with other file systems in them, such as /proc and /dev: those cannot be written at all.
    """
    shown = f"{layer}/root{path}"
    if os.path.islink(path):
        os.symlink(os.readlink(path), shown)
    elif os.path.isdir(path) and any(f"{point}/".startswith(f"{path}/") for point in mounted):
        os.mkdir(shown)
        _bind_read_only(path, shown)
    elif os.path.isdir(path):
        os.mkdir(shown)
        _layered(path, shown, layer)


def _layered(path: str, shown: str, layer: str) -> None:
    above, work = f"{layer}/above{path}", f"{layer}/work{path}"
    for folder in (above, work):
        os.makedirs(folder)
    options = f"lowerdir={path},upperdir={above},workdir={work}"
    try:
        _mount("overlay", shown, "overlay", 0, options + ",userxattr" if os.geteuid() else options)
    except OSError:
        _bind_read_only(path, shown)


def _bind_read_only(path: str, shown: str) -> None:
    _mount(path, shown, None, BIND | RECURSIVE)
    attributes = (ctypes.c_uint64 * 4)(READ_ONLY, 0, 0, 0)  # struct mount_attr: set, clear, propagation, user
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    where = ctypes.c_char_p(shown.encode())
    _done(LIBC.syscall(MOUNT_SETATTR, -100, where, WHOLE_TREE, ctypes.byref(attributes), size), f"read-only {path}")


def _move_into(root: str) -> None:
    os.chdir(root)
    number = PIVOT_ROOT.get(platform.machine())
    if number is None:
        raise OSError(f"the number of pivot_root on {platform.machine()} is not known here")
    _done(LIBC.syscall(number, b".", b"."), "pivot_root")
    _done(LIBC.umount2(b".", DETACH), "umount2")
    os.chdir("/")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [word if word is None else word.encode() for word in (source, target, kind, options)]
    _done(LIBC.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), f"mount {target}")


def _done(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _die_with_parent() -> None:
    LIBC.prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)


def _wait_and_leave(child: int) -> None:
    """Wait for ``child`` through interrupts, which are meant for the command; then leave as it left."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            sys.stdout.flush()
            os._exit(code if code >= 0 else 128 - code)
