"""Replication groups: encrypted and with a login, and neither."""


def seed(client, region, account_id, judged):
    elasticache = client("elasticache")

    def caches(name, **more):
        of_group = {"Engine": "redis", "CacheNodeType": "cache.t3.micro", "NumCacheClusters": 2, "AutomaticFailoverEnabled": True}
        elasticache.create_replication_group(ReplicationGroupId=name, ReplicationGroupDescription=name, **of_group, **more)
        return f":replicationgroup:{name}"

    sound = caches("sound", TransitEncryptionEnabled=True, AtRestEncryptionEnabled=True, AuthToken="correct-horse-battery")
    judged.good("elasticache_encryption_off", sound)
    judged.bad("elasticache_encryption_off", caches("bare", TransitEncryptionEnabled=False, AtRestEncryptionEnabled=False))
