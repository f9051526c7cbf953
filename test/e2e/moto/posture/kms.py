"""Keys: as it should be (`alias/data`, for others to use), open to everybody, without rotation, needed by nobody, on the way out."""

import json


def seed(client, region, account_id, judged):
    kms = client("kms")

    def key(alias=None, rotates=True, **more):
        made = kms.create_key(**more)["KeyMetadata"]["KeyId"]
        if rotates:
            kms.enable_key_rotation(KeyId=made)
        if alias:
            kms.create_alias(AliasName=f"alias/{alias}", TargetKeyId=made)
        return made

    everybody = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    sound = key("data")
    leaving = key("leaving")
    kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)
    bad = {
        "kms_key_public_policy": key("everybody", Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]})),
        "kms_rotation_off": key("lasting", rotates=False),
        "kms_key_unused": key(),
        "kms_key_pending_deletion": leaving,
    }
    for check, made in bad.items():
        judged.good(check, sound)
        judged.bad(check, made)
