"""Named arrays as bytes and back, without copying: a check must not wait for a hundred thousand events to be parsed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_MAGIC = b"outreach columns 1\n"
_LINE = 64
"""Arrays begin at multiples of so many bytes, where processors like them."""


def packed(arrays: Mapping[str, Array], about: Mapping[str, Any]) -> bytes:
    """Write arrays, and *about* as JSON beside them."""
    told, parts, at = [], [], 0
    for name, array in sorted(arrays.items()):
        body = np.ascontiguousarray(array).tobytes()
        told.append([name, array.dtype.str, list(array.shape), at, len(body)])
        room = -len(body) % _LINE
        parts += [body, bytes(room)]
        at += len(body) + room
    head = json.dumps({"arrays": told, "about": about}, sort_keys=True, ensure_ascii=True).encode("ascii")
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % _LINE)
    return b"".join([_MAGIC, len(head).to_bytes(8, "little"), head, *parts])


def unpacked(body: bytes) -> tuple[dict[str, Array], dict[str, Any]]:
    """Read what `packed` wrote; the arrays look into *body* and cannot be written to.

    Raises:
        ValueError: It is something else.
    """
    if not body.startswith(_MAGIC):
        raise ValueError("these bytes hold no columns of ours")
    begin = len(_MAGIC) + 8
    stop = begin + int.from_bytes(body[len(_MAGIC) : begin], "little")
    head = json.loads(body[begin:stop])
    arrays = {
        name: np.frombuffer(body, dtype=np.dtype(kind), count=int(np.prod(shape)), offset=stop + at).reshape(shape)
        for name, kind, shape, at, _ in head["arrays"]
    }
    return arrays, head["about"]
