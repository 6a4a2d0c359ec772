"""As much of HCL as the modules are written in: the arguments of a formatted ``.tf`` file, and its templates."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_BLOCK = re.compile(r'\s*(\w+)((?: "[^"]*")*) \{$')
_ATTRIBUTE = re.compile(r"\s*(\w+) += (.*)")
_HEREDOC = re.compile(r"<<-?(\w+)$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class Argument(NamedTuple):
    """An argument or a block: of which resource or data source, and its path within it, such as ``origin.domain_name``.

    ``kind`` is ``resource``, ``data`` or ``ephemeral``.
    """

    kind: str
    type: str
    path: str


def arguments(text: str) -> Iterator[Argument]:
    """Every argument and every block of the resources, data sources and ephemeral resources."""
    stack: list[str] = []
    depth, heredoc, owner = 0, "", ("", "")
    for written in text.splitlines():
        line = re.sub(r"\s+#.*$", "", written)
        if heredoc:
            heredoc = "" if line.strip() == heredoc else heredoc
            continue
        if depth:
            depth, heredoc = depth + _balance(line), _heredoc(line)
        elif block := _BLOCK.fullmatch(line):
            name, labels = block[1], re.findall(r'"([^"]*)"', block[2])
            owner = (name, labels[0]) if not stack and labels else owner
            # A dynamic block is the block that its label names; its content is no level of its own.
            stack.append(labels[0] if name == "dynamic" else "" if name == "content" else name)
            yield from _told(owner, stack, "")
        elif attribute := _ATTRIBUTE.fullmatch(line):
            if not (stack and stack[-1] and _is_dynamics_own(attribute[1])):
                yield from _told(owner, stack, attribute[1])
            depth, heredoc = _balance(attribute[2]), _heredoc(line)
        elif line.strip() == "}":
            stack.pop()


def _told(owner: tuple[str, str], stack: list[str], name: str) -> Iterator[Argument]:
    path = ".".join(part for part in (*stack[1:], name) if part)
    if stack and stack[0] in {"resource", "data", "ephemeral"} and path:
        yield Argument(*owner, path)


def _is_dynamics_own(name: str) -> bool:
    return name in {"for_each", "iterator"}


def _balance(text: str) -> int:
    plain = _STRING.sub('""', text)
    return sum(plain.count(opening) for opening in "{[(") - sum(plain.count(closing) for closing in "}])")


def _heredoc(line: str) -> str:
    found = _HEREDOC.search(line)
    return found[1] if found else ""


_FOR = re.compile(r"%\{ for (\w+), (\w+) in (\w+) ~\}\n(.*?)%\{ endfor ~\}\n", re.DOTALL)
_VALUE = re.compile(r"\$\$\{|\$\{(\w+)\}")


def rendered(template: str, values: Mapping[str, str | Sequence[str]]) -> str:
    """A template as ``templatefile`` renders it, as far as the modules need it: names, and loops over a list."""

    def looped(found: re.Match[str]) -> str:
        place, each, name, body = found.groups()
        return "".join(rendered(body, {**values, place: str(n), each: one}) for n, one in enumerate(values[name]))

    return _VALUE.sub(lambda found: str(values[found[1]]) if found[1] else "${", _FOR.sub(looped, template))
