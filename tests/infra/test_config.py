"""A wrong setting fails before anything is synthesized, and names file, field and value."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from functions.settings import Env, RunbookMode
from infra.config import SettingsError, load_settings
from infra.paths import ENVIRONMENTS

GOOD = 'env: dev\naccount_id: "111111111111"\nregion: eu-central-1\n'


def given(folder: Path, text: str) -> Path:
    (folder / "dev.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("env", [env.value for env in Env])
def test_every_environment_has_settings_that_hold(env: str) -> None:
    assert load_settings(env).env == env


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("account_id: 11", "dev.yaml: account_id: .*is 11"),
        ("region: Frankfurt", "dev.yaml: region: .*'Frankfurt'"),
        ("log_retention_days: 31", "dev.yaml: log_retention_days: .*is 31"),
        ("watch_every_minutes: 0", "dev.yaml: watch_every_minutes: .*is 0"),
        ("schedules_enabled: perhaps", "dev.yaml: schedules_enabled: .*'perhaps'"),
        ("modes: {stale-heartbeat: sometimes}", "dev.yaml: modes.stale-heartbeat: .*'sometimes'"),
        ("limits: {heartbeat_stale_after: -1}", "dev.yaml: limits.heartbeat_stale_after: .*is -1"),
        ("limits: {heartbeat_stale_afterr: 60}", "dev.yaml: limits.heartbeat_stale_afterr: there is no such"),
        ("limits: {order_cooldown_least: 700}", r"dev.yaml: limits: order_cooldown_least \(700\)"),
        ("limits: {exchange_wait: 1801}", r"dev.yaml: limits: exchange_wait \(1801\) is more than 60 looks"),
        ("limits: {deployment_wait: 901, look_again_every: 15}", r"deployment_wait \(901\) is more than 60 looks"),
        (
            "limits: {task_look_every: 5}",
            r"task_replaced_within \(600\) is more than 40 looks: raise task_look_every",
        ),
        ("platform: {clusters: x}", "dev.yaml: platform.clusters: there is no such setting"),
        ("platform: {network: {vpc_id: vpc-1}}", "dev.yaml: platform.network.private_subnet_ids: is required"),
        ('runtime: {python: "2.7"}', "dev.yaml: runtime.python: .*'2.7'"),
        ("runtime: {architecture: mips}", "dev.yaml: runtime.architecture: .*'mips'"),
        ("connectivity: {timeout: soon}", "dev.yaml: connectivity.timeout: .*'soon'"),
        ("platform: {accounts: {s1: {account: a, mode: demo, desk: d, owner: o}}}", "accounts.s1.mode: .*'demo'"),
    ],
)
def test_a_wrong_value_is_told_with_its_file_its_field_and_itself(wrong: str, told: str, tmp_path: Path) -> None:
    field = wrong.partition(":")[0]
    kept = "".join(f"{line}\n" for line in GOOD.splitlines() if not line.startswith(f"{field}:"))
    with pytest.raises(SettingsError, match=told):
        load_settings("dev", given(tmp_path, f"{kept}{wrong}\n"))


def test_every_wrong_field_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings("dev", given(tmp_path, "env: dev\nregion: x\nlog_retention_days: 31\n"))
    assert re.findall(r"dev\.yaml: (\w+):", str(told.value)) == ["account_id", "region", "log_retention_days"]


def test_a_field_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dev.yaml:4: the key region stands twice"):
        load_settings("dev", given(tmp_path, f"{GOOD}region: eu-west-1\n"))


def test_no_stays_a_word_and_does_not_become_false(tmp_path: Path) -> None:
    assert load_settings("dev", given(tmp_path, f"{GOOD}platform: {{cluster: no}}\n")).platform.cluster == "no"


def test_a_file_of_another_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dev.yaml: env: must be 'dev' as the file is called, is 'prod'"):
        load_settings("dev", given(tmp_path, GOOD.replace("dev", "prod")))


@pytest.mark.parametrize("text", ["", "- a\n", "env: [\n"])
def test_a_file_that_is_no_mapping_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dev.yaml[:\d]*: "):
        load_settings("dev", given(tmp_path, text))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dev.yaml: there is no such file"):
        load_settings("dev", tmp_path)


def test_an_unknown_environment_ends_with_one_line_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.synth", "--env", "production"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "unknown environment 'production'; there are dev, staging, prod, local\n"


def test_prod_starts_by_watching_only() -> None:
    assert load_settings("prod").mode_of("stale-heartbeat") is RunbookMode.OBSERVE


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (
            "modes: {emergency-stop: off}",
            "modes.emergency-stop: always acts, cannot be 'off'",
        ),
        ("modes: {emergency-stop: observe}", "modes.emergency-stop: always acts, cannot be 'observe'"),
        (
            "emergency_stop: {risk_alarms: [tradai-dev-heartbeat-stale]}",
            "emergency_stop.risk_alarms: 'tradai-dev-heartbeat-stale' is about heartbeats; name a risk alarm",
        ),
        ("emergency_stop: {risk_alarms: ['']}", "emergency_stop.risk_alarms.0: "),
        ("emergency_stop: {status_page: {url: 'ftp://x', secret: s}}", "emergency_stop.status_page.url: "),
        ("emergency_stop: {status_page: {url: 'https://x'}}", "emergency_stop.status_page.secret: is required"),
        ("resume: {break_glass: maybe}", "resume.break_glass: "),
    ],
)
def test_a_setting_that_would_make_the_stop_unsafe_is_told_by_its_name(
    wrong: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings("dev", given(tmp_path, f"{GOOD}{wrong}\n"))
    assert told in str(error.value)


def test_the_example_of_prods_stop_settings_is_one_that_can_be_used(tmp_path: Path) -> None:
    text = (ENVIRONMENTS / "prod.yaml").read_text("utf-8")
    begin, end = text.index("# emergency_stop:"), text.index("connectivity:")
    example = re.sub(r"^# ", "", text[begin:end], flags=re.MULTILINE)
    (tmp_path / "prod.yaml").write_text(text[:begin] + example + text[end:], "utf-8")
    stop = load_settings("prod", tmp_path).emergency_stop
    assert stop.risk_alarms == ("tradai-prod-drawdown", "tradai-prod-margin")
    assert stop.status_page is not None
    assert load_settings("prod").emergency_stop.risk_alarms == (), "off by default"
