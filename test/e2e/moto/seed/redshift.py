"""Clusters: one encrypted and logged, one public."""


def seed(client, region, account_id):
    redshift = client("redshift")
    login = {"MasterUsername": "master", "MasterUserPassword": "Correct-Horse-7", "NodeType": "ra3.large", "ClusterType": "single-node"}
    redshift.create_cluster(
        ClusterIdentifier="warehouse",
        Encrypted=True,
        PubliclyAccessible=False,
        Tags=[{"Key": "env", "Value": "production"}],
        **login,
    )
    redshift.create_cluster(ClusterIdentifier="public", PubliclyAccessible=True, **login)
