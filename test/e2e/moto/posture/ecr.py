"""Repositories: as it should be, open to every account, not scanned, never emptied."""

import json

MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": f"sha256:{'0' * 64}"},
    "layers": [],
}
EXPIRY = {"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 5}, "action": {"type": "expire"}}


def seed(client, region, account_id, judged):
    ecr = client("ecr")

    def repository(name, scans=True, expires=True):
        ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE", imageScanningConfiguration={"scanOnPush": scans})
        if expires:
            ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps({"rules": [EXPIRY]}))
        ecr.put_image(repositoryName=name, imageManifest=json.dumps(MANIFEST), imageTag="1.0.0")
        return f":repository/{name}"

    def policy(name, principal):
        pull = {"Effect": "Allow", "Principal": principal, "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]}
        ecr.set_repository_policy(repositoryName=name, policyText=json.dumps({"Version": "2012-10-17", "Statement": [pull]}))

    own, anybody = repository("shop/own"), repository("shop/anybody")
    policy("shop/own", {"AWS": "arn:aws:iam::444455556666:root"})
    policy("shop/anybody", "*")
    judged.good("ecr_public_policy", own)
    judged.bad("ecr_public_policy", anybody)
    judged.good("ecr_scan_off", own)
    judged.bad("ecr_scan_off", repository("shop/unscanned", scans=False))
    judged.good("ecr_no_lifecycle", own)
    judged.bad("ecr_no_lifecycle", repository("shop/endless", expires=False))
