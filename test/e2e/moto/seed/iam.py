"""Users with keys, passwords and policies, groups, roles of all kinds of trust, a policy of our own, a server certificate."""

import datetime
import json

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

GLOBAL = True

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def trust(principal, condition=None):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]})


def allow(action, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]})


def certificate(domain, days, key=None):
    """A self-signed certificate and its key, as PEM."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, domain)])
    now = datetime.datetime.now(datetime.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signed.public_bytes(pem).decode(), secret.decode()


def seed(client, region, account_id):
    iam = client("iam")
    for service in ("ec2", "lambda", "ecs-tasks", "eks", "sagemaker", "bedrock", "config", "backup", "cloudtrail"):
        iam.create_role(
            RoleName=f"service-{service}",
            AssumeRolePolicyDocument=trust({"Service": f"{service}.amazonaws.com"}),
            Tags=[{"Key": "service", "Value": service}],
        )
    iam.create_role(RoleName="partner", Path="/external/", AssumeRolePolicyDocument=trust({"AWS": "arn:aws:iam::210987654321:root"}))
    iam.create_role(RoleName="anyone", AssumeRolePolicyDocument=trust({"AWS": "*"}))
    iam.attach_role_policy(RoleName="anyone", PolicyArn=READ_ONLY)
    iam.put_role_policy(RoleName="service-lambda", PolicyName="everything", PolicyDocument=allow("*"))

    own = iam.create_policy(
        PolicyName="deploy", PolicyDocument=allow(["s3:PutObject", "lambda:*"]), Tags=[{"Key": "team", "Value": "platform"}]
    )["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=allow("lambda:UpdateFunctionCode"), SetAsDefault=True)
    iam.create_policy(PolicyName="unattached", Path="/old/", PolicyDocument=allow("*"))

    for group in ("developers", "operators"):
        iam.create_group(GroupName=group)
    iam.attach_group_policy(GroupName="operators", PolicyArn=ADMINISTRATOR)
    iam.put_group_policy(GroupName="developers", PolicyName="logs", PolicyDocument=allow("logs:*"))

    for name, path in (("alice", "/"), ("bob", "/"), ("ci", "/machines/"), ("former", "/"), ("zoe", "/people/")):
        iam.create_user(UserName=name, Path=path, Tags=[{"Key": "owner", "Value": name}])
    iam.add_user_to_group(GroupName="developers", UserName="alice")
    iam.add_user_to_group(GroupName="operators", UserName="bob")
    iam.attach_user_policy(UserName="ci", PolicyArn=own)
    iam.put_user_policy(UserName="zoe", PolicyName="inline", PolicyDocument=allow("ec2:*"))
    for name in ("alice", "bob"):
        iam.create_login_profile(UserName=name, Password="Correct-Horse-7-Battery")
    for name in ("ci", "former", "zoe"):
        key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
        if name == "former":
            iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName="alice", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321")

    iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, PasswordReusePrevention=24)
    for name, days in (("shop", 20), ("intranet", 700)):
        body, key = certificate(f"{name}.example.com", days)
        iam.upload_server_certificate(ServerCertificateName=name, CertificateBody=body, PrivateKey=key)
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="service-ec2")
