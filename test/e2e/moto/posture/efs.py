"""File systems: encrypted with no policy, in plain text, open to everybody."""

import json


def seed(client, region, account_id, judged):
    efs = client("efs")

    def file_system(name, encrypted=True):
        return efs.create_file_system(CreationToken=name, Encrypted=encrypted)["FileSystemId"]

    sound = file_system("sound")
    anybody = file_system("anybody")
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}
    efs.put_file_system_policy(FileSystemId=anybody, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    for check, bad in (("efs_unencrypted", file_system("plain", encrypted=False)), ("efs_public_policy", anybody)):
        judged.good(check, sound)
        judged.bad(check, bad)
