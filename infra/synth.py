"""Synthesizes an environment in-process, at most once for the same content.

`synthesize("local")` returns a cloud assembly; the second call with the same sources does not even import
the CDK. `python -m infra.synth --env prod` prints where the assembly lies.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from functions.settings import Env, Settings
from infra import paths
from infra.assets import SHIPPED
from infra.config import load_settings
from infra.errors import SetupError
from infra.targets import target_of

_KEPT = 6  # assemblies of an environment; each is some 5 MB
_SOURCES = (("functions", SHIPPED), ("infra", {".py"}), ("statemachines", {".yaml"}))


def synthesize(env: str, out: Path | None = None) -> Path:
    """The cloud assembly of `env`, below `out` or else the build folder's `cdk`.

    Raises SetupError for a wrong setting, a missing Node, or a finding of cdk-nag.
    """
    settings = load_settings(env)
    cached = (out or paths.build() / "cdk") / f"{env}-{content_hash(settings)[:16]}"
    if not (cached / "manifest.json").exists():
        _synthesize(settings, cached)
    return cached


def content_hash(settings: Settings, root: Path = paths.ROOT) -> str:
    """SHA-256 over all that the assembly is made of: sources, settings, lock file and the layers' target."""
    whole = sha256(f"{settings.model_dump_json()}\0{target_of(settings)}\0".encode())
    whole.update((paths.project() / "uv.lock").read_bytes())
    for folder, suffixes in _SOURCES:
        for path in sorted(path for path in (root / folder).rglob("*") if path.suffix in suffixes):
            whole.update(f"{path.relative_to(root).as_posix()}\0".encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


def _synthesize(settings: Settings, cached: Path) -> None:
    """Into a folder beside the final one, so that a broken synthesis is never taken for a finished one."""
    if not shutil.which(os.environ.get("JSII_NODE", "node")):
        raise SetupError("Node 20 or newer is needed for CDK synthesis; none is on PATH")
    # Node 20 still runs this; the library would say at every start that its support has ended.
    os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
    from infra.app import build_app
    from infra.asl import DefinitionError

    cached.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=cached.parent, prefix=".synth-"))
    try:
        try:
            build_app(settings, scratch).synth()
        except (DefinitionError, RuntimeError) as error:
            # The CDK's own errors come as RuntimeError; findings have been printed before it.
            raise SetupError(f"synthesis of {settings.env.value} failed: {error}") from error
        _move(scratch, cached)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(finished: Path, cached: Path) -> None:
    """Another process may have made the same meanwhile: then that one stays. Old ones go."""
    try:
        finished.rename(cached)
    except OSError:
        if not (cached / "manifest.json").exists():
            raise
    env = cached.name.partition("-")[0]
    others = sorted(cached.parent.glob(f"{env}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.synth", description="Synthesize environments")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--env", action="append", help="one environment; may be repeated")
    which.add_argument("--all", action="store_true", help="every environment")
    parser.add_argument("--lint", action="store_true", help="run cfn-lint over each template")
    given = parser.parse_args()
    try:
        for env in [one.value for one in Env] if given.all else given.env:
            assembly = synthesize(env)
            if given.lint:
                from infra.lint import lint

                lint(assembly)
            print(assembly)
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
