"""How credentials really stand in files: one entry for each way of writing them.

`T` enters a template, `idiom` a function. Class `plain` is what every scanner should find; `hard`
lacks a telling label, or is encoded, or sits in a structure; `rest` is what scanners are not known
to find. Entries must be distinct by name and by what they write.
"""

import dataclasses
import importlib

REGISTRY = {}
MODULES = """jvm dotnet web scripting systems functional shells dotfiles config cloud kubernetes ci
data tables prose logs tools services encoded layout ends pieces abroad texture stores tongues cut company""".split()


@dataclasses.dataclass
class Idiom:
    name: str
    path: str
    cls: str
    kinds: tuple
    make: object
    # Text that may get remarks, other line ends and the like.
    textual: bool = True


def enter(name, path, cls, kinds, make, textual=True):
    assert name not in REGISTRY, f"{name} is there twice"
    assert cls in ("plain", "hard", "rest"), name
    REGISTRY[name] = Idiom(name, path, cls, tuple(kinds.split()), make, textual)


def T(name, path, cls, template, kinds="pair"):
    """An idiom that is a template. A first empty line of the template does not count."""
    from doc import fill
    text = template[1:] if template.startswith("\n") else template
    enter(name, path, cls, kinds, lambda creds, r: fill(text, creds, r))


def idiom(name, path, cls, kinds="pair", textual=True):
    """Decorates a function of credentials and a generator of random numbers. It returns marked text."""
    def note(function):
        enter(name, path, cls, kinds, function, textual)
        return function
    return note


def load():
    for module in MODULES:
        importlib.import_module(f"idioms.{module}")
    return REGISTRY
