"""What of the figures may be published: no group of one to four persons is shown, nor can it be worked out.

The rule of all who publish statistics on persons: a small group is hidden, and so is enough beside it that neither a
sum nor a share gives it away. Groups of an order that means nothing are merged; parts of a known whole are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.core.figures.report import FEWEST, Group

OTHERS = "Övriga, sammanlagt"


def is_small(count: int) -> bool:
    """Whether so many are somebody, but too few to be shown."""
    return 0 < count < FEWEST


def merged(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups, the small ones as one with so many others that it is large itself and holds at least two.

    Together they are as many as before. Where that leaves less than two groups there is nothing to tell: none.
    """
    if not any(is_small(group.total) for group in groups):
        return tuple(groups)
    by_size = sorted((group for group in groups if group.total), key=lambda g: g.total)
    hidden = [group for group in by_size if is_small(group.total)]
    for group in by_size[len(hidden) :]:
        if len(hidden) > 1 and sum(g.total for g in hidden) >= FEWEST:
            break
        hidden.append(group)
    rest = Group(OTHERS, tuple(case for group in hidden for case in group.cases))
    kept = tuple(group for group in groups if group not in hidden)
    return (*kept, rest) if any(group.total for group in kept) and rest.total >= FEWEST else ()


def parts(counts: Sequence[int]) -> tuple[int | None, ...]:
    """The parts of a whole that is shown besides: None for small ones, and for one more that would tell them."""
    hidden = {at for at, count in enumerate(counts) if is_small(count)}
    if not hidden:
        return tuple(counts)
    larger = sorted((at for at, count in enumerate(counts) if count >= FEWEST), key=lambda at: counts[at])
    if len(hidden) == 1 or sum(counts[at] for at in hidden) < FEWEST:
        hidden.update(larger[:1])
    return tuple(None if at in hidden else count for at, count in enumerate(counts))
