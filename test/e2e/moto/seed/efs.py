"""File systems: one encrypted and backed up, one neither, one open to everybody."""

import json


def seed(client, region, account_id):
    efs = client("efs")
    efs.create_file_system(CreationToken="sealed", Encrypted=True, Backup=True, Tags=[{"Key": "Name", "Value": "sealed"}])
    efs.create_file_system(CreationToken="plain")
    public = efs.create_file_system(CreationToken="public", Encrypted=True)["FileSystemId"]
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}
    efs.put_file_system_policy(FileSystemId=public, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
