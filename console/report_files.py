"""The report of an incident, fetched with the caller's own rights into a file that nobody else can read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from console.aws import Aws
from console.errors import ConsoleError, ExitCode
from console.outputs import output
from functions.adapters.reports import console_url

BUCKET: Final = "ReportsBucket"
ABSENT: Final = frozenset({"NoSuchKey", "404", "NotFound"})
DENIED: Final = frozenset({"AccessDenied", "403", "Forbidden", "AllAccessDisabled"})


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a report lies."""

    bucket: str
    key: str
    url: str


def stored(aws: Aws, item: Mapping[str, Any], *, markdown: bool) -> Stored:
    """Where the incident's item says that its report lies. Raises `ConsoleError` where it says nothing of one."""
    key = str(item.get("report_key") or "")
    if not key:
        ended = item.get("ended_at") or item.get("closed_at")
        why = "could not be stored yet; it is tried again" if ended else "is written when its run has ended"
        raise ConsoleError(ExitCode.NOT_FOUND, f"the report of {item['incident_id']} {why}", _meanwhile(item))
    if markdown:
        key = f"{key.rpartition('.')[0]}.md"
    bucket = output(aws, BUCKET)
    return Stored(bucket, key, console_url(aws.settings.region, bucket, key))


def fetched(aws: Aws, item: Mapping[str, Any], report: Stored) -> bytes:
    """Its content. Raises `ConsoleError` naming the right that is missing, or that nothing lies there."""
    try:
        body: bytes = aws.client("s3").get_object(Bucket=report.bucket, Key=report.key)["Body"].read()
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        if code in ABSENT:
            what = f"the report of {item['incident_id']} is not there: s3://{report.bucket}/{report.key}"
            raise ConsoleError(ExitCode.NOT_FOUND, what, _meanwhile(item)) from error
        if code in DENIED:
            raise ConsoleError(
                ExitCode.AWS_TROUBLE,
                f"these credentials may not read the report of {item['incident_id']}",
                f"they need s3:GetObject on arn:aws:s3:::{report.bucket}/incidents/*",
            ) from error
        raise
    return body


def written(report: Stored, incident_id: str, body: bytes, folder: Path | None) -> Path:
    """The file that holds it, readable by its owner only; in a new private folder where none is given. What stood
    there is replaced whole."""
    try:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="tradai-report-"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
        path = folder.absolute() / f"{incident_id}{Path(report.key).suffix}"
        # mkstemp's files are 0600 from their first moment, and a link at the path is replaced and not followed.
        made, part = tempfile.mkstemp(prefix=f".{incident_id}-", dir=folder)
        try:
            with os.fdopen(made, "wb") as file:
                file.write(body)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as error:
        what = f"the report cannot be written: {error}"
        raise ConsoleError(ExitCode.USAGE, what, "give another --output") from error
    return path


def _meanwhile(item: Mapping[str, Any]) -> str:
    return f"`runbooks incidents show {item['incident_id']}` shows what there is"
