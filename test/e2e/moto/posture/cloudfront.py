"""Distributions: as it should be, over plain HTTP, over old TLS, not logged, without a firewall, of a bucket that is gone."""

GLOBAL = True


def bucket(s3):
    """One of those that are there, and one of its own where only this is seeded."""
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    if not names:
        s3.create_bucket(Bucket="cloudfront-origin")
    return [*names, "cloudfront-origin"][0]


def seed(client, region, account_id, judged):
    cloudfront = client("cloudfront")
    there = bucket(client("s3"))

    def distribution(name, origin=there, viewer="redirect-to-https", tls="TLSv1.2_2021", server="TLSv1.2", logged=True, guarded=True):
        stored = {"Id": "site", "DomainName": f"{origin}.s3.us-east-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        protocols = {"Quantity": 1, "Items": [server]}
        asked = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only", "OriginSslProtocols": protocols}
        served = {"Id": "app", "DomainName": "app.example.com", "CustomOriginConfig": asked}
        alias = f"{name}.example.com"
        cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": name,
                "Comment": name,
                "Enabled": True,
                "Aliases": {"Quantity": 1, "Items": [alias]},
                "Origins": {"Quantity": 2, "Items": [stored, served]},
                "DefaultCacheBehavior": {
                    "TargetOriginId": "site",
                    "ViewerProtocolPolicy": viewer,
                    "MinTTL": 0,
                    "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                },
                "ViewerCertificate": {
                    "CloudFrontDefaultCertificate": False,
                    "ACMCertificateArn": f"arn:aws:acm:us-east-1:{account_id}:certificate/0a1",
                    "SSLSupportMethod": "sni-only",
                    "MinimumProtocolVersion": tls,
                },
                "Logging": {"Enabled": logged, "IncludeCookies": False, "Bucket": f"{there}.s3.amazonaws.com", "Prefix": name},
                "WebACLId": f"arn:aws:wafv2:us-east-1:{account_id}:global/webacl/web/0a1" if guarded else "",
            }
        )
        return alias

    sound = distribution("sound")
    for check, bad in (
        ("cloudfront_http_allowed", distribution("cleartext", viewer="allow-all")),
        ("cloudfront_weak_tls", distribution("old-viewers", tls="TLSv1.1_2016")),
        ("cloudfront_weak_tls", distribution("old-server", server="TLSv1")),
        ("cloudfront_logging_off", distribution("silent", logged=False)),
        ("cloudfront_no_waf", distribution("unguarded", guarded=False)),
        ("cloudfront_missing_origin_bucket", distribution("orphaned", origin="cloudfront-origin-gone")),
    ):
        judged.good(check, sound)
        judged.bad(check, bad)
