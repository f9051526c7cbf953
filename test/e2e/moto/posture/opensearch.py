"""Domains: encrypted and for the account only, and neither."""

import json


def seed(client, region, account_id, judged):
    opensearch = client("opensearch")

    def domain(name, principal, is_sound):
        allow = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "es:*", "Resource": "*"}
        opensearch.create_domain(
            DomainName=name,
            EngineVersion="OpenSearch_2.19",
            AccessPolicies=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
            EncryptionAtRestOptions={"Enabled": is_sound},
            NodeToNodeEncryptionOptions={"Enabled": is_sound},
            DomainEndpointOptions={"EnforceHTTPS": is_sound, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        )
        for check in ("opensearch_encryption_off", "opensearch_public"):
            (judged.good if is_sound else judged.bad)(check, f":domain/{name}")

    domain("sound", f"arn:aws:iam::{account_id}:root", True)
    domain("bare", "*", False)
