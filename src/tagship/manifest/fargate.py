"""Which memory sizes Fargate offers for which CPU size.

Source: Amazon ECS developer guide, "Task CPU and memory" of the Fargate task definition parameters.
"""

from typing import Final

_GB: Final = 1024

_MEMORY: Final = {
    256: (512, 1 * _GB, 2 * _GB),
    512: tuple(range(1 * _GB, 4 * _GB + 1, _GB)),
    1024: tuple(range(2 * _GB, 8 * _GB + 1, _GB)),
    2048: tuple(range(4 * _GB, 16 * _GB + 1, _GB)),
    4096: tuple(range(8 * _GB, 30 * _GB + 1, _GB)),
    8192: tuple(range(16 * _GB, 60 * _GB + 1, 4 * _GB)),
    16384: tuple(range(32 * _GB, 120 * _GB + 1, 8 * _GB)),
}


def memory_choices(cpu: int) -> tuple[int, ...]:
    """The memory sizes in MiB that Fargate offers with so many CPU units, ascending."""
    return _MEMORY[cpu]


def memory_in_words(cpu: int) -> str:
    """The same for a message: each where they are few, otherwise the ends and the step."""
    choices = memory_choices(cpu)
    if len(choices) <= _FEW:
        return ", ".join(str(choice) for choice in choices)
    return f"{choices[0]} to {choices[-1]} in steps of {choices[1] - choices[0]}"


_FEW: Final = 4
