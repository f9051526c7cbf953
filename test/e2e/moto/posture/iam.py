"""Users, keys, groups, roles and policies, each as it should be and each in some way too open, old or unused."""

import json

GLOBAL = True

PARTNER = "210987654321"
GITHUB = "token.actions.githubusercontent.com"
# What runs in the account, with a role `service-<name>` each.
SERVICES = ("ec2", "lambda", "ecs-tasks", "eks", "sagemaker", "bedrock", "config", "backup", "cloudtrail")


def aws(name):
    return f"arn:aws:iam::aws:policy/{name}"


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def allow(*actions):
    return document(Action=list(actions), Resource="*")


def users(iam, judged):
    def user(name, *, signs_in=False, keys=()):
        iam.create_user(UserName=name)
        if signs_in:
            iam.create_login_profile(UserName=name, Password="Correct-Horse-7-Battery")
        for status in keys:
            key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            iam.update_access_key(UserName=name, AccessKeyId=key, Status=status)

    user("careful", signs_in=True)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="careful")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="careful", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")
    user("careless", signs_in=True, keys=["Active", "Active"])
    iam.attach_user_policy(UserName="careless", PolicyArn=aws("IAMReadOnlyAccess"))
    user("machine", keys=["Inactive"])
    for check in ("iam_user_no_mfa", "iam_user_direct_policy", "iam_user_initial_access_key", "iam_user_two_active_keys"):
        judged.good(check, "user/careful")
        judged.bad(check, "user/careless")
    for name in ("careful", "careless"):
        judged.bad("iam_user_console_unused", f"user/{name}")
    judged.good("iam_user_console_unused", "user/machine")
    # A key goes by the name of its user.
    for check in ("iam_key_old", "iam_key_unused"):
        judged.good(check, "machine")
        judged.bad(check, "careless")


def policies(iam, judged):
    def policy(name, *actions):
        made = iam.create_policy(PolicyName=name, PolicyDocument=allow(*actions))["Policy"]["Arn"]
        iam.attach_group_policy(GroupName="workers", PolicyArn=made)

    def group(name, managed=None):
        iam.create_group(GroupName=name)
        if managed:
            iam.attach_group_policy(GroupName=name, PolicyArn=aws(managed))

    group("workers")
    group("masters", "AdministratorAccess")
    group("dreamers", "AmazonBedrockFullAccess")
    for check, bad in (("iam_admin_principal", "masters"), ("bedrock_full_access_policy", "dreamers")):
        judged.good(check, "group/workers")
        judged.bad(check, f"group/{bad}")

    policy("deploy", "s3:PutObject", "lambda:UpdateFunctionCode")
    policy("everything", "*")
    policy("one-step-away", "iam:AttachUserPolicy")
    for check, bad in (("iam_policy_full_admin", "everything"), ("iam_privilege_escalation", "one-step-away")):
        judged.good(check, "policy/deploy")
        judged.bad(check, f"policy/{bad}")


def roles(iam, account_id, judged):
    def role(name, principal, managed=None, action="sts:AssumeRole", **equals):
        condition = {"Condition": {"StringEquals": {key.replace("__", ":"): value for key, value in equals.items()}}} if equals else {}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(Principal=principal, Action=action, **condition))
        if managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=aws(managed))
        judged.bad("iam_role_unused", f"role/{name}")

    for service in SERVICES:
        role(f"service-{service}", {"Service": f"{service}.amazonaws.com"}, aws__SourceAccount=account_id)
    own = {"AWS": f"arn:aws:iam::{account_id}:root"}
    role("support", own, "AWSSupportAccess")
    role("shell", own, "AWSCloudShellFullAccess")

    partner = {"AWS": f"arn:aws:iam::{PARTNER}:root"}
    role("partner-agreed", partner, sts__ExternalId="agreed-upon")
    role("partner-unasked", partner)
    judged.good("iam_role_external_trust", "role/partner-agreed")
    judged.bad("iam_role_external_trust", "role/partner-unasked")

    token = {"principal": {"Federated": f"arn:aws:iam::{account_id}:oidc-provider/{GITHUB}"}, "action": "sts:AssumeRoleWithWebIdentity"}
    audience = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    role("builds-own", **token, **audience, **{f"{GITHUB}:sub": "repo:acme/shop:ref:refs/heads/main"})
    role("builds-any", **token, **audience)
    judged.good("iam_oidc_trust_too_broad", "role/builds-own")
    judged.bad("iam_oidc_trust_too_broad", "role/builds-any")


def seed(client, region, account_id, judged):
    iam = client("iam")
    users(iam, judged)
    policies(iam, judged)
    roles(iam, account_id, judged)
    # The one that the scan itself assumes.
    iam.create_role(RoleName="cloudglass", AssumeRolePolicyDocument=document(Principal={"AWS": f"arn:aws:iam::{account_id}:root"}, Action="sts:AssumeRole"))
    judged.good("iam_role_unused", "role/cloudglass")

    # moto says of every certificate that it ended in 2012.
    iam.upload_server_certificate(ServerCertificateName="served", CertificateBody="certificate", PrivateKey="key")
    for check in ("iam_server_certificate_expired", "ssl_expiry"):
        judged.bad(check, "server-certificate/served")

    iam.update_account_password_policy(
        MinimumPasswordLength=14,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        PasswordReusePrevention=24,
        MaxPasswordAge=90,
    )
    client("account").put_alternate_contact(
        AlternateContactType="SECURITY", EmailAddress="security@example.com", Name="On duty", PhoneNumber="+15555550100", Title="On duty"
    )
    judged.good("iam_password_policy_weak", "password-policy")
    root = f":{account_id}:root"
    judged.good("account_security_contact_missing", root)
    judged.good("iam_support_role_missing", root)
    judged.bad("iam_cloudshell_full_access", root)
    judged.bad("root_mfa_off", root)
    judged.good("root_access_key_exists", root)
