"""Certificates: as it should be, near their end, with a small key, waiting for a validation that does not come."""

from cryptography.hazmat.primitives.asymmetric import rsa
from seed.iam import certificate


def seed(client, region, account_id, judged):
    acm = client("acm")

    def imported(domain, days, **more):
        body, key = certificate(domain, days, **more)
        acm.import_certificate(Certificate=body.encode(), PrivateKey=key.encode())
        return domain

    def requested(domain, **more):
        acm.request_certificate(DomainName=domain, ValidationMethod="DNS", **more)
        return domain

    later = imported("later.acm.example.com", 400)
    judged.good("ssl_expiry", later)
    judged.bad("ssl_expiry", imported("soon.acm.example.com", 20))
    judged.good("acm_weak_key", later)
    judged.bad("acm_weak_key", imported("weak.acm.example.com", 400, key=rsa.generate_private_key(65537, 1024)))
    # What a private authority signs is issued at once, everything else waits for as long as moto is there.
    authority = f"arn:aws:acm-pca:{region}:{account_id}:certificate-authority/0a1b2c3d"
    judged.good("acm_renewal_failed", requested("issued.acm.example.com", CertificateAuthorityArn=authority))
    judged.bad("acm_renewal_failed", requested("waiting.acm.example.com"))
