"""Clusters: as it should be, with a public API, without logs, with secrets under no key."""


def seed(client, region, account_id, judged):
    eks = client("eks")
    subnets = [subnet["SubnetId"] for subnet in client("ec2").describe_subnets()["Subnets"][:2]]
    key = f"arn:aws:kms:{region}:{account_id}:key/0a1b2c3d-0000-4000-8000-000000000001"

    def cluster(name, public=False, logged=True, encrypted=True):
        network = {"subnetIds": subnets, "endpointPublicAccess": public, "endpointPrivateAccess": True}
        eks.create_cluster(
            name=name,
            version="1.33",
            roleArn=f"arn:aws:iam::{account_id}:role/service-eks",
            resourcesVpcConfig={**network, **({"publicAccessCidrs": ["0.0.0.0/0"]} if public else {})},
            logging={"clusterLogging": [{"types": ["api", "audit", "authenticator"], "enabled": logged}]},
            encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": key}}] if encrypted else [],
        )
        return f":cluster/{name}"

    closed = cluster("closed")
    for check, bad in (
        ("eks_endpoint_public", cluster("reached", public=True)),
        ("eks_audit_logs_off", cluster("silent", logged=False)),
        ("eks_secrets_unencrypted", cluster("bare", encrypted=False)),
    ):
        judged.good(check, closed)
        judged.bad(check, bad)
