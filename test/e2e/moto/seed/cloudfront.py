"""Distributions in front of a bucket and of a server of one's own."""

GLOBAL = True


def seed(client, region, account_id):
    cloudfront = client("cloudfront")
    for at, (origin, policy) in enumerate(
        (("cloudglass-website-us-east-1.s3.amazonaws.com", "redirect-to-https"), ("origin.example.com", "allow-all"))
    ):
        kind = (
            {"S3OriginConfig": {"OriginAccessIdentity": ""}}
            if ".s3." in origin
            else {"CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"}}
        )
        cloudfront.create_distribution_with_tags(
            DistributionConfigWithTags={
                "DistributionConfig": {
                    "CallerReference": f"distribution-{at}",
                    "Comment": origin,
                    "Enabled": True,
                    "Origins": {"Quantity": 1, "Items": [{"Id": "origin", "DomainName": origin, **kind}]},
                    "DefaultCacheBehavior": {
                        "TargetOriginId": "origin",
                        "ViewerProtocolPolicy": policy,
                        "MinTTL": 0,
                        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
                    },
                },
                "Tags": {"Items": [{"Key": "at", "Value": str(at)}]},
            }
        )
