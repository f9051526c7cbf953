"""Replication groups: one encrypted, one not."""


def seed(client, region, account_id):
    elasticache = client("elasticache")
    for name, encrypted in (("sessions", True), ("cache", False)):
        elasticache.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription=name,
            Engine="redis",
            CacheNodeType="cache.t3.micro",
            NumCacheClusters=2,
            AutomaticFailoverEnabled=True,
            TransitEncryptionEnabled=encrypted,
            AtRestEncryptionEnabled=encrypted,
            Tags=[{"Key": "group", "Value": name}],
        )
