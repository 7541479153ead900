"""SES v2, with the stack's configuration set: no tracking of opens or clicks, bounces told as events."""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.aws import Aws
from functions.adapters.aws_errors import Saying, code_of, word_for
from functions.adapters.mail_rules import sendable
from functions.approvals import Mail
from functions.errors import Refused, Uncertain

# SES does not take this mail, now or the next time: another person has to be asked another way.
NOT_TAKEN: Final = frozenset(
    {
        "AccountSuspendedException",
        "BadRequestException",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "SendingPausedException",
    }
)


class SesMailer:
    def __init__(self, aws: Aws, *, sender: str | None, configuration_set: str) -> None:
        self._aws, self._sender, self._configuration_set = aws, sender, configuration_set

    def send(self, mail: Mail) -> str:
        """Tried three times, for the same mail twice does no harm; but after the last one without an answer it
        may have been sent, which is what the word says."""
        if self._sender is None:
            raise Refused("the settings name no sender (approvals.sender)")
        request = self._request(sendable(mail), self._sender)
        try:
            answer = self._aws.client("sesv2", Saying.REPEATABLE).send_email(**request)
        except ClientError as error:
            if code_of(error) in NOT_TAKEN:
                raise Refused(f"ses:SendEmail: {code_of(error)}: {_message(error)}") from error
            raise word_for(error, Saying.ACT, "ses:SendEmail") from error
        except BotoCoreError as error:
            raise word_for(error, Saying.ACT, "ses:SendEmail") from error
        if not answer.get("MessageId"):
            raise Uncertain("ses:SendEmail: the answer names no message (it may have been sent)")
        return str(answer["MessageId"])

    def _request(self, mail: Mail, sender: str) -> dict[str, Any]:
        def said(text: str) -> dict[str, str]:
            return {"Data": text, "Charset": "UTF-8"}

        return {
            "FromEmailAddress": sender,
            "Destination": {"ToAddresses": [mail.to]},
            "Content": {
                "Simple": {
                    "Subject": said(mail.subject),
                    "Body": {"Text": said(mail.text), "Html": said(mail.html)},
                }
            },
            "ConfigurationSetName": self._configuration_set,
            "EmailTags": [{"Name": name, "Value": value} for name, value in mail.tags.items()],
        }


def _message(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message", ""))[:300]
