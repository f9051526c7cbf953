"""Databases: public and not, encrypted and not, in clusters, and their snapshots, one of them for everybody."""


def seed(client, region, account_id):
    rds = client("rds")
    tags = [{"Key": "env", "Value": "production"}]
    login = {"MasterUsername": "master", "MasterUserPassword": "correct-horse-battery"}
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=100,
        StorageEncrypted=True,
        MultiAZ=True,
        BackupRetentionPeriod=7,
        DeletionProtection=True,
        Tags=tags,
        **login,
    )
    rds.create_db_instance(
        DBInstanceIdentifier="legacy",
        Engine="mysql",
        EngineVersion="5.7.44",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        PubliclyAccessible=True,
        **login,
    )
    rds.create_db_snapshot(DBSnapshotIdentifier="legacy-before", DBInstanceIdentifier="legacy", Tags=tags)
    rds.create_db_snapshot(DBSnapshotIdentifier="orders-before", DBInstanceIdentifier="orders")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="legacy-before", AttributeName="restore", ValuesToAdd=["all"])
    for name, encrypted in (("aurora", True), ("aurora-plain", False)):
        rds.create_db_cluster(DBClusterIdentifier=name, Engine="aurora-postgresql", StorageEncrypted=encrypted, Tags=tags, **login)
        rds.create_db_cluster_snapshot(DBClusterSnapshotIdentifier=f"{name}-before", DBClusterIdentifier=name)
    rds.create_db_instance(
        DBInstanceIdentifier="aurora-1", DBClusterIdentifier="aurora", Engine="aurora-postgresql", DBInstanceClass="db.r6g.large"
    )
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier="aurora-plain-before", AttributeName="restore", ValuesToAdd=["all"]
    )
