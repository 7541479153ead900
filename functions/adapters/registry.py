"""ECR: which image a tag points to now."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, word_for
from functions.adapters.images import parsed

# The registry answers, and holds no such image.
_NOT_THERE = frozenset({"ImageNotFoundException", "RepositoryNotFoundException"})


class EcrRegistry:
    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def digest(self, image: str) -> str | None:
        """Of another registry, or of ECR in another region, nothing is known."""
        found = parsed(image)
        if found is None or found.digest:
            return found.digest if found else None
        if found.region != self._aws.region:
            return None
        what = f"ecr:DescribeImages {image}"
        try:
            answer = self._aws.client("ecr", Saying.READ).describe_images(
                registryId=found.account,
                repositoryName=found.repository,
                imageIds=[{"imageTag": found.tag}],
            )
        except ClientError as error:
            if code_of(error) in _NOT_THERE:
                return None
            raise word_for(error, Saying.READ, what) from error
        except BotoCoreError as error:
            raise word_for(error, Saying.READ, what) from error
        return str(answer["imageDetails"][0]["imageDigest"]) if answer["imageDetails"] else None
