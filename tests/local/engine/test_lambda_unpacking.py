from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from tests.local.engine.lab import Lab

WHERE = "import shared\nreturn {'at': os.path.realpath(shared.__file__), 'says': shared.SAYS}"


def with_layer(lab: Lab, *says: str) -> list[dict[str, Any]]:
    """What functions see of a layer that says this; one function for each text."""
    found = []
    for text in says:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as zipped:
            # Always the same date: layers with the same content are the same bytes.
            zipped.writestr(zipfile.ZipInfo("python/shared.py"), f"SAYS = {text!r}\n")
        layer = lab.client("lambda").publish_layer_version(
            LayerName=lab.name("layer"), Content={"ZipFile": archive.getvalue()}
        )["LayerVersionArn"]
        function = lab.function(WHERE)
        lab.client("lambda").update_function_configuration(FunctionName=function, Layers=[layer])
        found.append(json.load(lab.client("lambda").invoke(FunctionName=function)["Payload"]))
    return found


def test_functions_share_what_has_the_same_content(lab: Lab) -> None:
    one, same, other = with_layer(lab, "a", "a", "b")
    assert (one["says"], same["says"], other["says"]) == ("a", "a", "b")
    assert one["at"] == same["at"]
    assert one["at"] != other["at"]


def test_ministack_alone_unpacks_for_every_process(lab_without: Callable[[str], Lab]) -> None:
    one, same = with_layer(lab_without("lambda-unpacking"), "a", "a")
    assert one["says"] == same["says"] == "a"
    assert one["at"] != same["at"]
