"""What an account has only once is good in the one and bad in the other account: here is the other, which has next to nothing."""

from posture import ce, s3

GLOBAL = True

OTHER = "222233334444"
BAD = (
    "account_security_contact_missing",
    "cloudtrail_off",
    "cloudtrail_s3_data_events_off",
    "cost_anomaly",
    "iam_support_role_missing",
    "monitoring_alarm_missing",
    "root_mfa_off",
)


def without_account(request):
    """The SDK puts the account before the host, where there is no such name here."""
    request.url = request.url.replace(f"//{OTHER}.", "//")


def seed(client, region, account_id, judged):
    def there(service, at=None):
        made = client(service, at)
        made.meta.events.register("before-sign", lambda request, **_: request.headers.add_header("x-moto-account-id", OTHER))
        return made

    # Nothing is where it should not be, and everything has its tags, but for one bucket.
    for name, where in (("posture-near", "us-east-1"), ("posture-far", "eu-west-1")):
        s3.make(there("s3", where), name, where)
        judged.bad("s3_bucket_logging_off", name, f"{OTHER}:{where}")
    there("s3").put_bucket_tagging(Bucket="posture-near", Tagging={"TagSet": [{"Key": "owner", "Value": "web"}]})
    for check in ("data_residency_violation", "resource_missing_required_tags"):
        judged.good(check, "posture-near", f"{OTHER}:us-east-1")
        judged.bad(check, "posture-far", f"{OTHER}:eu-west-1")

    control = there("s3control")
    control.meta.events.register("before-sign.s3-control", lambda request, **_: without_account(request))
    blocks = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    control.put_public_access_block(AccountId=OTHER, PublicAccessBlockConfiguration=blocks)
    ce.cost(client, OTHER, last=500)

    root = f":{OTHER}:root"
    for check in BAD:
        judged.bad(check, root, f"{OTHER}:global")
    judged.bad("iam_password_policy_weak", "password-policy", f"{OTHER}:global")
    for check in ("cloudtrail_duplicate_trail", "iam_cloudshell_full_access", "root_access_key_exists"):
        judged.good(check, root, f"{OTHER}:global")
    judged.good("s3_account_public_access_block_off", OTHER, f"{OTHER}:global")
