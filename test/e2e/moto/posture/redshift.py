"""Warehouses: encrypted, private and logged, and nothing of it."""

CHECKS = ("redshift_audit_logging_off", "redshift_public", "redshift_unencrypted")


def seed(client, region, account_id, judged):
    redshift = client("redshift")

    def warehouse(name, is_sound):
        login = {"MasterUsername": "master", "MasterUserPassword": "Correct-Horse-7"}
        shape = {"NodeType": "ra3.large", "ClusterType": "single-node"}
        redshift.create_cluster(ClusterIdentifier=name, Encrypted=is_sound, PubliclyAccessible=not is_sound, **login, **shape)
        for check in CHECKS:
            (judged.good if is_sound else judged.bad)(check, f":{name}")

    warehouse("sound", True)
    warehouse("bare", False)
    redshift.enable_logging(ClusterIdentifier="sound", LogDestinationType="cloudwatch", LogExports=["connectionlog", "userlog"])
