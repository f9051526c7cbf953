"""Databases: as it should be, with nothing as it should be, and one of which a snapshot is left; a cluster of each kind."""

from posture import _figures

LOGIN = {"MasterUsername": "master", "MasterUserPassword": "correct-horse-battery"}
PRODUCTION = {"Tags": [{"Key": "env", "Value": "production"}]}
GOOD = {"StorageEncrypted": True, "DeletionProtection": True}
CHECKS = (
    "rds_backup_retention_short",
    "rds_deletion_protection_off",
    "rds_idle",
    "rds_minor_upgrade_off",
    "rds_publicly_accessible",
    "rds_single_az",
    "rds_storage_unencrypted",
)


def seed(client, region, account_id, judged):
    rds = client("rds")

    def database(name, connections, **more):
        size = {"DBInstanceClass": "db.t3.medium", "AllocatedStorage": 20}
        rds.create_db_instance(DBInstanceIdentifier=name, Engine="postgres", EngineVersion="16.4", **size, **LOGIN, **PRODUCTION, **more)
        _figures.put(client, "AWS/RDS", {"DBInstanceIdentifier": name}, DatabaseConnections=connections)
        rds.create_db_snapshot(DBSnapshotIdentifier=f"{name}-before", DBInstanceIdentifier=name)
        return f":snapshot:{name}-before"

    private = {"PubliclyAccessible": False, "MultiAZ": True, "AutoMinorVersionUpgrade": True, "BackupRetentionPeriod": 7}
    of_sound = database("sound", 12, **private, **GOOD)
    public = {"PubliclyAccessible": True, "MultiAZ": False, "AutoMinorVersionUpgrade": False, "BackupRetentionPeriod": 0}
    of_bare = database("bare", 0, **public)
    for check in CHECKS:
        judged.good(check, ":db:sound")
        judged.bad(check, ":db:bare")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="bare-before", AttributeName="restore", ValuesToAdd=["all"])
    left = database("gone", 12, **private, StorageEncrypted=True)
    rds.delete_db_instance(DBInstanceIdentifier="gone", SkipFinalSnapshot=True)
    for check in ("rds_snapshot_public", "rds_snapshot_unencrypted"):
        judged.good(check, of_sound)
        judged.bad(check, of_bare)
    judged.good("rds_old_manual_snapshot", of_sound)
    judged.bad("rds_old_manual_snapshot", left)

    def cluster(name, **more):
        version = {"Engine": "aurora-postgresql", "EngineVersion": "16.4"}
        rds.create_db_cluster(DBClusterIdentifier=name, **version, **LOGIN, **PRODUCTION, **more)
        rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=f"{name}-before", DBClusterIdentifier=name)

    def member(name, zone):
        shape = {"Engine": "aurora-postgresql", "DBInstanceClass": "db.r6g.large", "PubliclyAccessible": False, "AutoMinorVersionUpgrade": True}
        rds.create_db_instance(DBInstanceIdentifier=name, DBClusterIdentifier="sound", AvailabilityZone=f"{region}{zone}", **shape)
        _figures.put(client, "AWS/RDS", {"DBInstanceIdentifier": name}, DatabaseConnections=12)

    cluster("sound", BackupRetentionPeriod=7, **GOOD)
    member("sound-1", "a")
    member("sound-2", "b")
    cluster("bare")
    snapshot = {"DBClusterSnapshotIdentifier": "bare-before", "AttributeName": "restore"}
    rds.modify_db_cluster_snapshot_attribute(**snapshot, ValuesToAdd=["all"])
    for check, what in (
        ("rds_single_az", "cluster"),
        ("rds_deletion_protection_off", "cluster"),
        ("rds_storage_unencrypted", "cluster"),
        ("rds_snapshot_public", "cluster-snapshot"),
        ("rds_snapshot_unencrypted", "cluster-snapshot"),
    ):
        judged.good(check, f":{what}:sound")
        judged.bad(check, f":{what}:bare")
