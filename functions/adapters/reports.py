"""The private bucket for reports and details. Objects are encrypted by the bucket's default."""

from __future__ import annotations

from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, saying, word_for
from functions.errors import Refused
from functions.rules.reporting.redact import clean_body


class S3Reports:
    """`account_id` is the bucket's owner: a bucket of that name in another account is never written to."""

    def __init__(self, aws: Aws, bucket: str, account_id: str) -> None:
        self._aws, self._bucket, self._owner = aws, bucket, account_id

    def put(self, key: str, body: str, content_type: str) -> None:
        with saying(Saying.REPEATABLE, f"s3:PutObject {self._bucket}/{key}"):
            self._aws.client("s3", Saying.REPEATABLE).put_object(
                Bucket=self._bucket,
                Key=key,
                Body=clean_body(body, content_type).encode(),
                ContentType=f"{content_type}; charset=utf-8",
                ExpectedBucketOwner=self._owner,
            )

    def get(self, key: str) -> str:
        """Without leave to list the bucket, S3 says "not allowed" of a key that is not there (API Reference,
        GetObject): that is no fault of ours."""
        what = f"s3:GetObject {self._bucket}/{key}"
        client = self._aws.client("s3", Saying.READ)
        try:
            answer = client.get_object(Bucket=self._bucket, Key=key, ExpectedBucketOwner=self._owner)
            body: bytes = answer["Body"].read()
        except ClientError as error:
            if code_of(error) in ("NoSuchKey", "AccessDenied"):
                raise Refused(f"{what}: not there, or not ours to read") from error
            raise word_for(error, Saying.READ, what) from error
        except BotoCoreError as error:
            raise word_for(error, Saying.READ, what) from error
        try:
            return body.decode()
        except UnicodeDecodeError:
            raise Refused(f"{what}: what stands there is no text of ours") from None

    def console_url(self, key: str) -> str:
        return console_url(self._aws.region, self._bucket, key)


def console_url(region: str, bucket: str, key: str) -> str:
    return (
        f"https://s3.console.aws.amazon.com/s3/object/{quote(bucket, safe='')}"
        f"?region={region}&prefix={quote(key, safe='/')}"
    )
