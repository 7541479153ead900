"""The strategy service as ECS and ECR know it, and its log group."""

from __future__ import annotations

import json

from local.platform.aws import Aws
from local.platform.names import (
    CLUSTER,
    CONTAINER,
    IMAGE,
    IMAGE_TAG,
    LOG_GROUP,
    REGION,
    REPOSITORY,
    RESOURCE_ID,
    SERVICE,
)
from local.platform.seeding.roles import create_role

MEMORY_MB = 2048
EXECUTION_ROLE = "tradai-strategy-execution-local"
TASK_ROLE = "tradai-strategy-task-local"
TASKS = "ecs-tasks.amazonaws.com"


def manifest(build: str) -> str:
    """An image manifest; its digest is the SHA-256 of this text, so each build has its own."""
    layer = {
        "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
        "size": 1,
        "digest": f"sha256:{build:0>64}",
    }
    return json.dumps({"schemaVersion": 2, "config": layer, "layers": [layer]}, sort_keys=True)


def push_image(aws: Aws, build: str) -> str:
    """Moves the service's tag to the image of `build`. Returns the image's digest."""
    answer = aws.client("ecr").put_image(
        repositoryName=REPOSITORY, imageTag=IMAGE_TAG, imageManifest=manifest(build)
    )
    digest: str = answer["image"]["imageId"]["imageDigest"]
    return digest


def create_service(aws: Aws) -> None:
    """Repository with its image, cluster, task definition, service (one task) and log group."""
    aws.client("logs").create_log_group(logGroupName=LOG_GROUP)
    aws.client("logs").put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=30)
    aws.client("ecr").create_repository(repositoryName=REPOSITORY)
    push_image(aws, "1")
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    definition = ecs.register_task_definition(
        family=SERVICE,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="1024",
        memory=str(MEMORY_MB),
        # Where policies are enforced, ECS looks whether these roles exist.
        executionRoleArn=create_role(aws, EXECUTION_ROLE, TASKS),
        taskRoleArn=create_role(aws, TASK_ROLE, TASKS),
        containerDefinitions=[
            {
                "name": CONTAINER,
                "image": IMAGE,
                "essential": True,
                "stopTimeout": 30,
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": LOG_GROUP,
                        "awslogs-region": REGION,
                        "awslogs-stream-prefix": "strategies",
                    },
                },
            }
        ],
    )
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=1,
        launchType="FARGATE",
        # ECS's defaults, and a trap: a plain new deployment runs two copies side by side.
        deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": ["subnet-0a1b2c3d4e5f60718"],
                "securityGroups": ["sg-0a1b2c3d4e5f60718"],
                "assignPublicIp": "DISABLED",
            }
        },
    )
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=RESOURCE_ID,
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=4,
    )
