from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.engine.archive import zip_folder
from local.engine.assembly import BadAssembly, read_stack
from local.engine.deploy import DeployFailed, deploy_template
from local.engine.process import Engine
from tests.local.engine.lab import Lab

BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Word": {"Type": "String", "Default": "unset"},
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        },
    },
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "says-the-word",
                "Runtime": "python3.11",
                "Handler": "main.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Environment": {"Variables": {"WORD": {"Ref": "Word"}}},
                "Code": {"S3Bucket": {"Fn::Sub": BUCKET}, "S3Key": "code.zip"},
            },
        },
    },
    "Outputs": {"FunctionName": {"Value": {"Ref": "Function"}}},
}


def assembly(folder: Path, template: dict[str, Any]) -> Path:
    """The files that the CDK writes for one stack with one zipped asset."""
    code = folder / "asset.code"
    code.mkdir()
    (code / "main.py").write_text("import os\ndef handler(event, context):\n    return os.environ['WORD']\n")
    (folder / "tiny.template.json").write_text(json.dumps(template))
    destination = {"bucketName": BUCKET, "objectKey": "code.zip"}
    files = {
        "code": {"source": {"path": "asset.code", "packaging": "zip"}, "destinations": {"here": destination}},
        "template": {
            "source": {"path": "tiny.template.json", "packaging": "file"},
            "destinations": {"here": {"bucketName": BUCKET, "objectKey": "template.json"}},
        },
    }
    (folder / "tiny.assets.json").write_text(json.dumps({"version": "36.0.0", "files": files}))
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "tiny.template.json", "stackName": "tiny"},
        "dependencies": ["tiny.assets"],
    }
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "tiny.assets.json"}}
    manifest = {"version": "36.0.0", "artifacts": {"tiny.assets": assets, "Tiny": stack}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine.start(platform=False) as running:
        yield running


def word(engine: Engine, name: str) -> Any:
    return json.load(Lab(engine).client("lambda").invoke(FunctionName=name)["Payload"])


def test_deploys_an_assembly_and_returns_its_outputs(engine: Engine, tmp_path: Path) -> None:
    cdk_out = assembly(tmp_path, TEMPLATE)
    outputs = deploy_template(engine.endpoint_url, cdk_out, "tiny", {"Word": "first"}, engine.credentials)
    assert outputs == {"FunctionName": "says-the-word"}
    assert word(engine, outputs["FunctionName"]) == "first"

    deploy_template(engine.endpoint_url, cdk_out, "tiny", {"Word": "second"}, engine.credentials)
    assert word(engine, outputs["FunctionName"]) == "second"


def test_a_stack_that_fails_names_the_resource_and_the_reason(engine: Engine, tmp_path: Path) -> None:
    broken = json.loads(json.dumps(TEMPLATE))
    token = "arn:aws:lambda:eu-central-1:000000000000:function:never-made"
    broken["Resources"] = {"Mystery": {"Type": "Custom::Thing", "Properties": {"ServiceToken": token}}}
    broken["Outputs"] = {}
    cdk_out = assembly(tmp_path, broken)
    manifest = (cdk_out / "manifest.json").read_text().replace('"tiny"', '"broken"')
    (cdk_out / "manifest.json").write_text(manifest)
    with pytest.raises(DeployFailed, match="Mystery") as failed:
        deploy_template(engine.endpoint_url, cdk_out, "broken", {}, engine.credentials)
    assert [name for name, _, _ in failed.value.events] == ["Mystery"]


def test_a_folder_that_is_no_assembly_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAssembly, match="no CDK cloud assembly"):
        read_stack(tmp_path, "tiny")


def test_an_unknown_stack_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadAssembly, match="only tiny"):
        read_stack(assembly(tmp_path, TEMPLATE), "other")


def test_an_asset_without_its_source_is_refused(tmp_path: Path) -> None:
    cdk_out = assembly(tmp_path, TEMPLATE)
    (cdk_out / "asset.code" / "main.py").unlink()
    (cdk_out / "asset.code").rmdir()
    with pytest.raises(BadAssembly, match=r"asset\.code"):
        read_stack(cdk_out, "tiny")


def test_the_same_folder_gives_the_same_archive(tmp_path: Path) -> None:
    first = zip_folder(assembly(tmp_path, TEMPLATE))
    for path in tmp_path.rglob("*"):
        path.touch()
    assert zip_folder(tmp_path) == first


def test_a_template_that_is_refused_says_why(engine: Engine, tmp_path: Path) -> None:
    strange = {"Resources": {"Mystery": {"Type": "AWS::Nothing::AtAll", "Properties": {}}}}
    cdk_out = assembly(tmp_path, strange)
    manifest = (cdk_out / "manifest.json").read_text().replace('"tiny"', '"strange"')
    (cdk_out / "manifest.json").write_text(manifest)
    with pytest.raises(DeployFailed, match="AWS::Nothing::AtAll"):
        deploy_template(engine.endpoint_url, cdk_out, "strange", {}, engine.credentials)
