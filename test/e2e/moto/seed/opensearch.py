"""Domains: one encrypted, one open to everybody."""

import json


def seed(client, region, account_id):
    opensearch = client("opensearch")
    opensearch.create_domain(
        DomainName="logs",
        EngineVersion="OpenSearch_2.19",
        EncryptionAtRestOptions={"Enabled": True},
        NodeToNodeEncryptionOptions={"Enabled": True},
        DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        TagList=[{"Key": "env", "Value": "production"}],
    )
    everybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "es:*", "Resource": "*"}
    opensearch.create_domain(
        DomainName="public",
        EngineVersion="Elasticsearch_7.10",
        AccessPolicies=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}),
    )
