"""With enforcement, only the printed key pair may do everything."""

from __future__ import annotations

import os
from collections.abc import Callable

from ministack.core import iam_evaluator

from local.engine.fixes.patching import around
from local.engine.fixes.registry import Setup, fix


@fix("iam-root")
def know_one_root(setup: Setup) -> None:
    """Neither `test` nor an account's number is an access key.

    AWS: IAM user guide, "Manage access keys": a key that was never made is refused. A client that was given
    any other credentials must not pass for an administrator.
    """
    if not setup.iam:
        return

    def make(_original: Callable[[str], bool]) -> Callable[[str], bool]:
        def is_root_access_key(access_key_id: str) -> bool:
            return access_key_id == os.environ["AWS_ACCESS_KEY_ID"]

        return is_root_access_key

    around(iam_evaluator, "is_root_access_key", make)
