"""Repositories with images, one shared with everybody."""

import hashlib
import json


def seed(client, region, account_id):
    ecr = client("ecr")
    ecr.create_repository(
        repositoryName="app/web",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags=[{"Key": "team", "Value": "web"}],
    )
    ecr.put_lifecycle_policy(
        repositoryName="app/web",
        lifecyclePolicyText=json.dumps(
            {
                "rules": [
                    {
                        "rulePriority": 1,
                        "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5},
                        "action": {"type": "expire"},
                    }
                ]
            }
        ),
    )
    config = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": f"sha256:{hashlib.sha256(b'{}').hexdigest()}"}
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": config,
        "layers": [],
    }
    ecr.put_image(repositoryName="app/web", imageManifest=json.dumps(manifest), imageTag="1.0.0")
    ecr.create_repository(repositoryName="public")
    everybody = {"Sid": "pull", "Effect": "Allow", "Principal": "*", "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
    ecr.set_repository_policy(repositoryName="public", policyText=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    ecr.put_registry_scanning_configuration(
        scanType="ENHANCED", rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]
    )
