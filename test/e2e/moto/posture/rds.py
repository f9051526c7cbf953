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
    for check, bad in (("public", of_bare), ("unencrypted", of_bare)):
        judged.good(f"rds_snapshot_{check}", of_sound)
        judged.bad(f"rds_snapshot_{check}", bad)
    judged.good("rds_old_manual_snapshot", of_sound)
    judged.bad("rds_old_manual_snapshot", left)
