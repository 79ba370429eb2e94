"""What the standard library (and a few frameworks) do with values that are handed to them.

Only what moves SDK objects, functions or text is described; every other function gives nothing that we follow.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import (
    BUFFER,
    BYTES,
    EMPTY,
    IMAGE,
    MEDIA,
    NUMBER,
    OPAQUE,
    STR,
    TEXT,
    TEXT_BUFFER,
    Box,
    Const,
    Ext,
    Inst,
    Obj,
    Values,
    few,
)

if TYPE_CHECKING:
    from .calls import Arguments
    from .machine import Machine

TEXT_METHODS = frozenset(
    """strip lstrip rstrip lower upper title capitalize format format_map join replace removeprefix removesuffix ljust
    rjust center zfill casefold swapcase expandtabs translate decode read_text hexdigest isoformat strftime
    """.split()
)
TEXT_LISTS = frozenset(("split", "rsplit", "splitlines", "readlines", "partition", "rpartition"))
TEXT_FUNCTIONS = frozenset(
    """builtins.str builtins.repr builtins.input builtins.format builtins.chr builtins.ascii os.getenv os.environ.get
    os.environ.setdefault os.environ.pop json.dumps getpass.getpass textwrap.dedent textwrap.fill textwrap.indent
    textwrap.shorten inspect.cleandoc re.sub html.escape html.unescape os.path.join os.path.basename
    os.path.dirname sys.stdin.read sys.stdin.readline time.strftime string.capwords""".split()
)
SAME = frozenset(
    """copy.copy copy.deepcopy typing.cast builtins.iter builtins.list builtins.tuple builtins.set builtins.sorted
    builtins.reversed asyncio.create_task asyncio.ensure_future asyncio.shield asyncio.wait_for builtins.frozenset
    tqdm.tqdm tqdm.auto.tqdm builtins.aiter contextlib.closing rich.progress.track weakref.ref""".split()
)
"""Give back (a copy of) their first argument; typing.cast and deque their second or first."""
THREADED = frozenset(
    """asyncio.to_thread fastapi.concurrency.run_in_threadpool starlette.concurrency.run_in_threadpool
    anyio.to_thread.run_sync trio.to_thread.run_sync asgiref.sync.sync_to_async""".split()
)
QUEUES = frozenset(
    """collections.deque queue.Queue queue.LifoQueue queue.PriorityQueue queue.SimpleQueue asyncio.Queue
    asyncio.LifoQueue asyncio.PriorityQueue multiprocessing.Queue multiprocessing.SimpleQueue
    multiprocessing.JoinableQueue contextvars.ContextVar""".split()
)
DICTS = frozenset(
    """weakref.WeakValueDictionary weakref.WeakKeyDictionary collections.ChainMap collections.UserDict
    cachetools.Cache cachetools.TTLCache cachetools.LRUCache cachetools.LFUCache expiringdict.ExpiringDict
    """.split()
)
PROVIDERS = frozenset(("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"))
"""Markers whose parameter gets what the function gives, or yields, that they name."""
ANNOTATED = frozenset(("typing.Annotated", "typing_extensions.Annotated"))
FIELDS = frozenset(("dataclasses.field", "pydantic.Field"))
"""What declares a field of a class, with its default if it has one."""
FRAMEWORKS = ("fastapi", "starlette")
"""Packages that are described here; no folder of a project is taken for one of them."""
APPLIES = frozenset(("builtins.map", "builtins.filter", "itertools.starmap"))
MAPPERS = frozenset(("map", "imap", "imap_unordered", "map_async", "starmap", "starmap_async"))
"""Methods that call a function with each element; `starmap` with the parts of each, `_async` gives a future."""
IMAGE_MAKERS = ("PIL.",)
"""Calls that make an image."""
IMAGE_METHODS = frozenset(
    """convert copy crop effect_spread filter quantize reduce remap_palette resize rotate transform transpose""".split()
)
"""Methods of PIL's images that give another one."""
MEDIA_MAKERS = ("google.genai.types.Part.from_bytes", "google.genai.types.Part.from_uri")
"""Calls that make a part with media."""
OPAQUE_MAKERS = (
    "cv2.",
    "google.generativeai.protos.",
    "google.generativeai.types.",
    "google.genai.types.",
    "IPython.display.",
)
"""Calls that make something else which is no text."""


@dataclass(frozen=True, slots=True)
class Calls:
    """How something calls a function that it is given: the places and keywords of the function, of its arguments (None:
    those that follow it) and of its keyword arguments. result: what the function's result is in then."""

    function: int
    name: str = ""
    args: int | None = None
    args_name: str = ""
    kwargs: int | None = None
    kwargs_name: str = ""
    result: str = ""


_THREAD = Calls(1, "target", 3, "args", 4, "kwargs")
_POOL = Calls(9, "initializer", 9, "initargs")
STARTS = {
    "threading.Thread": _THREAD,
    "multiprocessing.Process": _THREAD,
    "multiprocessing.context.Process": _THREAD,
    "threading.Timer": Calls(1, "function", 2, "args", 3, "kwargs"),
    "concurrent.futures.ThreadPoolExecutor": _POOL,
    "concurrent.futures.ProcessPoolExecutor": _POOL,
    "multiprocessing.Pool": _POOL,
    "multiprocessing.pool.Pool": _POOL,
    "multiprocessing.pool.ThreadPool": _POOL,
    "atexit.register": Calls(0),
}
"""Functions and classes outside of the project that call what they are given."""
PICKS = frozenset("get setdefault selectbox radio select_slider pills segmented_control text_input".split())
"""Methods of objects that are not seen, settings and widgets, that give one of their arguments or of a list there: it
counts where it is the name of a model."""
CALLERS = {
    "submit": Calls(0, result="future"),
    "run_in_executor": Calls(1, result="wait"),
    "apply_async": Calls(0, "func", 1, "args", 2, "kwds", result="future"),
    "apply": Calls(0, "func", 1, "args", 2, "kwds", result="same"),
    "call_soon": Calls(0),
    "call_soon_threadsafe": Calls(0),
    "call_later": Calls(1),
    "call_at": Calls(1),
    "start_soon": Calls(0),
    "add_task": Calls(0),
    "do": Calls(0),
    "add_job": Calls(0, "func", 2, "args", 3, "kwargs"),
    "enter": Calls(2, "action", 3, "argument", 4, "kwargs"),
    "enterabs": Calls(2, "action", 3, "argument", 4, "kwargs"),
}
"""Methods of executors, pools, event loops and schedulers that call what they are given, by their names."""


def _spawn(machine: Machine, node: ast.Call, func: Values, arguments: Arguments) -> Values:
    """The result of calling `func`, an argument of the call at `node`."""
    found: Values = EMPTY
    for callee in func:
        found |= machine.calls.invoke(callee, arguments, node)
    return found


def _started(machine: Machine, node: ast.Call, how: Calls, arguments: Arguments) -> Values:
    """What the function gives that a call is given, in what the call keeps it in."""

    def given(place: int | None, name: str) -> Values:
        found = arguments.named.get(name, EMPTY)
        if place is not None and place < len(arguments.positional):
            found |= arguments.positional[place]
        return found

    inner = arguments.shifted(how.function + 1)
    if how.args is not None:
        inner = _spread(machine, given(how.args, how.args_name))
        inner.spread = [value for value in given(how.kwargs, how.kwargs_name) if isinstance(value, Box)]
    func = given(how.function, how.name)
    result = _spawn(machine, node, func, inner)
    called_back = inner.shifted(99)
    called_back.named, called_back.spread, called_back.positional = {}, [], [result]
    if "callback" in arguments.named:
        _spawn(machine, node, arguments.named["callback"], called_back)
    if how.result == "same" or not how.result:
        return result if how.result else EMPTY
    return frozenset((machine.box(how.result, node, result),))


def _spread(machine: Machine, values: Values) -> Arguments:
    """The elements of tuples, as positional arguments."""
    from .calls import Arguments

    found = Arguments()
    for value in values:
        if isinstance(value, Box) and value.type in ("tuple", "list"):
            index = 0
            while ("e", value, index) in machine.cells:
                if index == len(found.positional):
                    found.positional.append(EMPTY)
                found.positional[index] |= machine.load(("e", value, index))
                index += 1
            found.rest |= machine.load(("e", value, "*"))
        else:
            found.rest |= machine.elements(frozenset((value,)))
    return found


def function(machine: Machine, node: ast.Call, path: str, arguments: Arguments) -> Values:
    """The result of calling something outside of the project, by its dotted path."""
    first = arguments.first()
    if path in TEXT_FUNCTIONS:
        found = TEXT
        if path in ("os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop"):
            default = (
                arguments.positional[1] if len(arguments.positional) > 1 else arguments.named.get("default", EMPTY)
            )
            found = found | default
        return found
    if path in SAME:
        if path == "typing.cast":
            return arguments.positional[1] if len(arguments.positional) > 1 else EMPTY
        if path in (
            "builtins.list",
            "builtins.tuple",
            "builtins.set",
            "builtins.sorted",
            "builtins.reversed",
            "builtins.iter",
            "builtins.frozenset",
            "tqdm.tqdm",
            "rich.progress.track",
        ):
            if any(isinstance(value, Obj) and value.kind == "History" for value in first):
                return first
            _keyed(machine, node, arguments, machine.elements(first))
            type_ = {"builtins.tuple": "tuple", "builtins.iter": "gen"}.get(path, "list")
            return frozenset((machine.box(type_, node, machine.elements(first)),))
        return first
    if path in ("importlib.import_module", "builtins.__import__"):
        module = node.args[0] if node.args else None
        if isinstance(module, ast.Constant) and isinstance(module.value, str) and module.value[:1] != ".":
            return machine.program.imported(machine.facts.path, _alias(module.value, path.startswith("importlib")))
        return machine.program.imported_by_name(machine, module)
    if path in ("operator.attrgetter", "operator.methodcaller"):
        return frozenset((machine.box("getter", node),))
    if path == "functools.partial" or path == "functools.partialmethod":
        machine.calls.received[node] = arguments
        return frozenset((machine.box("partial", node, first),))
    if path in THREADED:
        return frozenset((machine.box("wait", node, _spawn(machine, node, first, arguments.shifted(1))),))
    if path in PROVIDERS:
        made = _spawn(machine, node, first or arguments.named.get("dependency", EMPTY), arguments.shifted(9))
        boxes = frozenset(v for v in made if isinstance(v, Box) and v.type == "gen")
        return machine.awaited(made - boxes) | machine.elements(boxes)
    if path in STARTS:
        return _started(machine, node, STARTS[path], arguments)
    if path in APPLIES:
        inner = arguments.shifted(1)
        inner = _spread(machine, machine.elements(inner.first())) if "starmap" in path else _items(machine, inner)
        result = _spawn(machine, node, first, inner)
        return frozenset((machine.box("gen", node, inner.first() if path.endswith("filter") else result),))
    if path in ("asyncio.run", "asyncio.get_event_loop.run_until_complete", "anyio.run", "asgiref.sync.async_to_sync"):
        return machine.awaited(first) or _spawn(machine, node, first, arguments.shifted(1))
    if path in ("asyncio.gather", "tqdm.asyncio.tqdm.gather"):
        items = arguments.rest
        for values in arguments.positional:
            items |= values
        if any(isinstance(item, ast.Starred) for item in node.args):
            results = machine.box("list", node, machine.awaited(items))
        else:
            results = machine.box("tuple", node)
            for index, values in enumerate(arguments.positional):
                machine.put(results, machine.awaited(values), index)
        return frozenset((machine.box("wait", node, frozenset((results,))),))
    if path in ("asyncio.as_completed", "concurrent.futures.as_completed"):
        return frozenset((machine.box("gen", node, machine.elements(first)),))
    if path in ("asyncio.wait", "concurrent.futures.wait"):
        sets = machine.box("tuple", node, frozenset((machine.box("set", node, machine.elements(first)),)))
        return frozenset((machine.box("wait", node, frozenset((sets,))) if path == "asyncio.wait" else sets,))
    if path == "asyncio.run_coroutine_threadsafe":
        return frozenset((machine.box("future", node, machine.awaited(first)),))
    if path == "builtins.enumerate":
        pair = machine.box("tuple", (node, "pair"))
        machine.put(pair, NUMBER, 0)
        machine.put(pair, machine.elements(first), 1)
        return frozenset((machine.box("gen", node, frozenset((pair,))),))
    if path in ("builtins.zip", "itertools.zip_longest", "itertools.product"):
        pair = machine.box("tuple", (node, "pair"))
        for index, values in enumerate(arguments.positional):
            machine.put(pair, machine.elements(values), index)
        return frozenset((machine.box("gen", node, frozenset((pair,))),))
    if path == "itertools.groupby":
        items = machine.elements(first)
        _keyed(machine, node, arguments, items)
        if len(arguments.positional) > 1:
            keyed = arguments.shifted(1)
            keyed.positional, keyed.named = [items], {}
            _spawn(machine, node, arguments.positional[1], keyed)
        pair = machine.box("tuple", (node, "pair"))
        machine.put(pair, frozenset((machine.box("gen", (node, "group"), items),)), 1)
        return frozenset((machine.box("gen", node, frozenset((pair,))),))
    if path in ("itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse"):
        inner = _items(machine, arguments.shifted(1))
        _spawn(machine, node, first, inner)
        return frozenset((machine.box("gen", node, inner.first()),))
    if path in ("heapq.nlargest", "heapq.nsmallest") and len(arguments.positional) > 1:
        items = machine.elements(arguments.positional[1])
        _keyed(machine, node, arguments, items)
        return frozenset((machine.box("list", node, items),))
    if path in ("itertools.pairwise", "itertools.batched", "itertools.combinations", "itertools.permutations"):
        several = machine.box("list", (node, "several"), machine.elements(first))
        return frozenset((machine.box("gen", node, frozenset((several,))),))
    if path in ("random.sample", "random.choices"):
        return frozenset((machine.box("list", node, machine.elements(first)),))
    if path == "itertools.tee":
        copied = machine.box("gen", (node, "copy"), machine.elements(first))
        return frozenset((machine.box("list", node, frozenset((copied,))),))
    if path in ("itertools.chain", "itertools.cycle", "itertools.islice"):
        items = EMPTY
        for values in arguments.positional:
            items |= machine.elements(values)
        return frozenset((machine.box("gen", node, items),))
    if path in ("builtins.next", "builtins.anext", "random.choice", "builtins.max", "builtins.min"):
        found = machine.elements(first)
        _keyed(machine, node, arguments, found)
        if path == "builtins.next" and len(arguments.positional) > 1:
            found |= arguments.positional[1]
        return found
    if path == "builtins.dict" or path in ("collections.OrderedDict", "types.SimpleNamespace"):
        box = machine.box("dict", node)
        for name, values in arguments.named.items():
            machine.put(box, values, name)
        for source in [*arguments.spread, *(value for value in first if isinstance(value, Box))]:
            machine.copy_items(source, box)
        return frozenset((box,))
    if path == "collections.defaultdict":
        return frozenset((machine.box("dict", node, _spawn(machine, node, first, arguments.shifted(1))),))
    if path in ("asyncio.Future", "concurrent.futures.Future"):
        return frozenset((machine.box("future", node),))
    if path in DICTS:
        return frozenset((machine.box("dict", node),))
    if path in QUEUES:
        return frozenset((machine.box("list", node, machine.elements(first)),))
    if path in ("builtins.getattr",):
        attr = node.args[1] if len(node.args) > 1 else None
        if isinstance(attr, ast.Constant) and isinstance(attr.value, str):
            found = machine.attribute(first, attr.value)
        else:
            found = machine.objects.any_member(first, attr) | machine.program.any_global(first)
        return found | (arguments.positional[2] if len(arguments.positional) > 2 else EMPTY)
    if path == "builtins.setattr" and len(node.args) == 3:
        target = node.args[1]
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            machine.set_attribute(first, target.value, arguments.positional[2])
        else:
            machine.objects.set_any(first, target, arguments.positional[2])
        return EMPTY
    if path in ("builtins.property", "functools.cached_property"):
        getter = first or arguments.named.get("fget", EMPTY)
        return frozenset((machine.box("property", node, getter),))
    if path == "builtins.super":
        return machine.objects.above(machine.cls)
    if path == "builtins.vars":
        return frozenset(machine.objects.contents(value.cls) for value in few(first))
    if path == "dataclasses.replace" or path == "copy.replace":
        return machine.objects.replaced(first, arguments)
    if path in ("dataclasses.asdict", "attrs.asdict"):
        return machine.objects.copied(node, first)
    if path == "collections.namedtuple":
        return machine.objects.named_tuple(node)
    if path == "functools.reduce":
        return _reduce(machine, node, arguments)
    if path in FIELDS:
        found = arguments.named.get("default", first)
        for factory in arguments.named.get("default_factory", EMPTY):
            found |= machine.calls.invoke(factory, type(arguments)(), node)
        return found
    if path in ("builtins.len", "builtins.int", "builtins.float", "builtins.sum", "builtins.round", "builtins.bool"):
        return NUMBER
    if path in ("base64.b64decode", "base64.b64encode", "builtins.bytes"):
        return frozenset((BYTES,))
    if path in ("io.BytesIO", "io.StringIO"):
        return frozenset((BUFFER if path == "io.BytesIO" else TEXT_BUFFER,))
    if path == "builtins.open":
        return _opened(node)
    if path.startswith(IMAGE_MAKERS):
        return frozenset((IMAGE,))
    if path.startswith(MEDIA_MAKERS):
        return frozenset((MEDIA,))
    if path.startswith(OPAQUE_MAKERS):
        return frozenset((OPAQUE,))
    return EMPTY


def _alias(name: str, whole: bool) -> ast.alias:
    """The import that gives the module of a dotted name, or only its first part."""
    return ast.alias(name, "module" if whole else None)


def _opened(node: ast.Call) -> Values:
    """What open() gives: a file of text or of bytes, by its mode."""
    given = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg in ("mode", None))]
    mode = given[0] if given else ast.Constant("r")
    if not isinstance(mode, ast.Constant) or not isinstance(mode.value, str):
        return EMPTY
    return frozenset((BUFFER if "b" in mode.value else TEXT_BUFFER,))


def _keyed(machine: Machine, node: ast.Call, arguments: Arguments, items: Values) -> None:
    """sorted(items, key=f) and the like call f with each item."""
    inner = arguments.shifted(len(arguments.positional))
    inner.positional, inner.named = [items], {}
    _spawn(machine, node, arguments.named.get("key", EMPTY), inner)


def _reduce(machine: Machine, node: ast.Call, arguments: Arguments) -> Values:
    """reduce(f, items, start): f gets what it gave before, and an item."""
    first, items, *start = [*arguments.positional, EMPTY, EMPTY][: max(len(arguments.positional), 2)]
    box = machine.box("list", node, machine.elements(items) if not start else start[0])
    inner = arguments.shifted(len(arguments.positional))
    inner.positional = [machine.load(("e", box, "#")), machine.elements(items)]
    machine.put(box, _spawn(machine, node, first, inner))
    return machine.load(("e", box, "#"))


def _items(machine: Machine, arguments: Arguments) -> Arguments:
    """The arguments with each replaced by its elements, as map() calls its function."""
    inner = arguments.shifted(0)
    inner.positional = [machine.elements(values) for values in arguments.positional]
    return inner


def method(machine: Machine, node: ast.Call, bases: Values, name: str, arguments: Arguments, resolved: bool) -> Values:
    """The result of a method of a container, of text, or of an unknown object whose method's name tells."""
    found: Values = EMPTY
    textual = False
    for base in bases:
        if isinstance(base, Inst) and name == "_replace":
            found |= machine.objects.replaced(frozenset((base,)), arguments)
        elif isinstance(base, Inst) and name in ("_asdict", "model_dump"):
            found |= machine.objects.copied(node, frozenset((base,)))
        elif isinstance(base, Box):
            found |= _box_method(machine, node, base, name, arguments)
            resolved = True
        elif isinstance(base, Obj) and base.kind == "History":
            found |= {base} if name == "copy" else machine.elements(frozenset((base,))) if name == "pop" else EMPTY
        elif base is IMAGE:
            resolved = True
            found |= {IMAGE} if name in IMAGE_METHODS else EMPTY
        elif base in (BUFFER, TEXT_BUFFER):
            resolved = True
            if name in ("getvalue", "read", "getbuffer", "readline"):
                found |= {BYTES if base is BUFFER else STR}
            elif name == "readlines":
                found |= {machine.box("list", node, frozenset((BYTES if base is BUFFER else STR,)))}
        elif base is STR or isinstance(base, Const) or isinstance(base, Obj) and base.kind == "Text":
            textual = True
    if name in TEXT_METHODS and (textual or not resolved):
        return found | TEXT
    if name in TEXT_LISTS and (textual or not resolved):
        return found | {machine.box("list", node, TEXT)}
    if resolved and not textual and not any(isinstance(base, Ext) for base in bases):
        return found
    if name == "read_bytes":
        return found | {BYTES}
    if name in PICKS:
        offered = [*arguments.positional[1:], *(arguments.named.get(key, EMPTY) for key in ("options", "value"))]
        names = frozenset().union(*offered, *map(machine.elements, offered))
        return found | frozenset(value for value in names if isinstance(value, Const))
    if name == "create_future":
        return found | {machine.box("future", node)}
    if name in CALLERS:
        return found | _started(machine, node, CALLERS[name], arguments)
    if name in MAPPERS and arguments.positional:
        inner = arguments.shifted(1)
        inner = _spread(machine, machine.elements(inner.first())) if "starmap" in name else _items(machine, inner)
        mapped = machine.box("list", node, _spawn(machine, node, arguments.positional[0], inner))
        return found | {machine.box("future", node, frozenset((mapped,))) if name.endswith("_async") else mapped}
    if name in ("enter_context", "enter_async_context"):
        entered = machine.calls.entered(arguments.first())
        return found | (entered if name == "enter_context" else {machine.box("wait", node, entered)})
    if name == "run_until_complete":
        return found | machine.awaited(arguments.first())
    if name == "create_task":
        return found | arguments.first()
    if name == "add_argument":
        option = node.args[0] if node.args else None
        if isinstance(option, ast.Constant) and isinstance(option.value, str):
            dest = next(
                (k.value.value for k in node.keywords if k.arg == "dest" and isinstance(k.value, ast.Constant)), None
            )
            attr = str(dest or option.value.lstrip("-").replace("-", "_"))
            machine.store(("b", attr), arguments.named.get("default", EMPTY))
    return found


def _box_method(machine: Machine, node: ast.Call, box: Box, name: str, arguments: Arguments) -> Values:
    first = arguments.first()
    key = machine.key(node.args[0]) if node.args else None
    if box.type == "future" and name in ("result", "exception", "get"):
        return machine.load(("e", box, "#")) if name != "exception" else EMPTY
    if box.type == "wait" and name == "result":
        return machine.load(("e", box, "#"))
    if name == "add_done_callback":
        called_back = arguments.shifted(99)
        called_back.positional = [frozenset((box,))]
        _spawn(machine, node, first, called_back)
        return EMPTY
    if name == "sort":
        _keyed(machine, node, arguments, machine.load(("e", box, "#")))
        return EMPTY
    if name in ("append", "add", "appendleft", "put", "put_nowait", "insert", "set_result", "set"):
        machine.put(box, arguments.positional[1] if name == "insert" and len(arguments.positional) > 1 else first)
        return EMPTY
    if name in ("extend", "extendleft", "update"):
        if box.type == "dict":
            for value in first:
                if isinstance(value, Box):
                    machine.copy_items(value, box)
            for keyword, values in arguments.named.items():
                machine.put(box, values, keyword)
        else:
            machine.put(box, machine.elements(first))
        return EMPTY
    if name in ("get", "pop", "popleft", "setdefault", "get_nowait", "__getitem__"):
        default = arguments.positional[1] if len(arguments.positional) > 1 else EMPTY
        if name == "setdefault":
            machine.put(box, default, key)
            machine.store(("k", box), first)
        return machine.get(box, key if box.type == "dict" else None) | default
    if name == "copy":
        return frozenset((box,))
    if name == "values":
        return frozenset((machine.box("list", (box, "values"), machine.load(("e", box, "#"))),))
    if name == "keys":
        return frozenset((machine.box("list", (box, "keys"), machine.load(("k", box))),))
    if name in ("items", "popitem"):
        pair = machine.box("tuple", (box, "pair"))
        machine.put(pair, machine.load(("k", box)), 0)
        machine.put(pair, machine.load(("e", box, "#")), 1)
        pairs: Values = frozenset((pair,))
        return pairs if name == "popitem" else frozenset((machine.box("list", (box, "items"), pairs),))
    if name in ("__next__", "send", "__anext__"):
        return machine.load(("e", box, "#"))
    return EMPTY
