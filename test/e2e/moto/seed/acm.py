"""Certificates: asked for, and brought in, one of them close to its end."""

from seed.iam import certificate


def seed(client, region, account_id):
    acm = client("acm")
    acm.request_certificate(
        DomainName="www.example.com",
        SubjectAlternativeNames=["www.example.com", "example.com"],
        ValidationMethod="DNS",
        Tags=[{"Key": "env", "Value": "production"}],
    )
    for name, days in (("soon", 20), ("later", 400)):
        body, key = certificate(f"{name}.example.com", days)
        acm.import_certificate(Certificate=body.encode(), PrivateKey=key.encode())
