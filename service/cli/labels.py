"""Cases with the municipality's own words for where each stands (`status_labels`; HJO-40)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from service import glance
from service.core.identity.labels import label_of


def labelled(found: Iterable[dict[str, Any]], config: Path) -> Iterator[dict[str, Any]]:
    """Each case with its `status_label`, by the rules of its mailbox as they are now; None where they have no word."""
    looked = glance.at_configuration(config)
    words = {name: _labels(rules) for name, rules in looked.rules.items()} if looked else {}
    for case in found:
        label = label_of(
            words.get(case["mailbox"], {}),
            status=case["status"],
            contact=case["submitter"]["contact"] or "",
            receipted=case["receipt_sent_at"] is not None,
        )
        yield case | {"status_label": label}


def _labels(rules: Path) -> dict[str, str]:
    """The labels of a rules folder, of which nothing else is read: a register is looked at with faulty rules too."""
    labels = glance.at_file(rules / "municipality.yaml").get("status_labels")
    return {str(k): str(v) for k, v in labels.items()} if isinstance(labels, dict) else {}
