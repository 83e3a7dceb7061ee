"""Jobs as the inbox keeps them."""

from collections.abc import Mapping
from typing import Any

from bot.domain.jobs import ChatJob, EnvironmentJob, Job, JobKind
from bot.domain.values import ChatId, EnvironmentId


def job_lane(job: Job) -> str:
    """The name of the job's lane: one for each kind and subject. Those of records are JSON."""
    return f"{job.kind} {job.chat_id if isinstance(job, ChatJob) else job.environment}"


def job_to_json(job: Job) -> Mapping[str, Any]:
    """The job as JSON; `job_from_json` gives it back."""
    subject = {"chat": job.chat_id} if isinstance(job, ChatJob) else {"environment": job.environment}
    return {"job": job.kind, **subject}


def job_from_json(body: Mapping[str, Any]) -> Job:
    """The job that `job_to_json` wrote."""
    kind = JobKind(body["job"])
    if "chat" in body:
        return ChatJob(kind=kind, chat_id=ChatId(body["chat"]))
    return EnvironmentJob(kind=kind, environment=EnvironmentId(body["environment"]))
