"""The account that is recorded: of each kind of resource good ones and bad ones, with names that say which."""

import datetime
import json
from urllib.parse import urlencode

from emulator import EMULATED, HOME, NOW, OTHER, VERSIONS, Credentials, clock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.iam.models import iam_backends

ANYONE, STRANGER = "0.0.0.0/0", "444455556666"
SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def tags(name, **more):
    return [{"Key": key, "Value": value} for key, value in {"Name": name, **more}.items()]


def tagged(kind, name, **more):
    return [{"ResourceType": kind, "Tags": tags(name, **more)}]


def opened(protocol, port, v4=(), v6=(), to=None):
    ranges = {"IpRanges": [{"CidrIp": one} for one in v4], "Ipv6Ranges": [{"CidrIpv6": one} for one in v6]}
    ports = {} if protocol == "-1" else {"FromPort": port, "ToPort": to or port}
    return {"IpProtocol": protocol, **ports, **ranges}


def seed_security_groups(ec2, vpc):
    anyone6 = "::/0"
    rules = {
        "web-open": [opened("tcp", 80, [ANYONE], [anyone6]), opened("tcp", 443, [ANYONE], [anyone6])],
        "ssh-open": [opened("tcp", 22, [ANYONE])],
        "db-open": [opened("tcp", 3306, [ANYONE], [anyone6]), opened("tcp", 5432, [ANYONE], [anyone6])],
        "everything-open": [opened("-1", None, [ANYONE], [anyone6])],
        "internal-only": [opened("tcp", 1024, ["10.0.0.0/8"], to=65535)],
    }
    groups = {}
    for name, permissions in rules.items():
        made = ec2.create_security_group(
            GroupName=name, Description=f"{name} group", VpcId=vpc, TagSpecifications=tagged("security-group", name)
        )
        ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=permissions)
        groups[name] = made["GroupId"]
    return groups


def disk(kind, size, encrypted):
    return [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeType": kind, "VolumeSize": size, "Encrypted": encrypted}}]


def seed_instance(ec2, image, subnet, name, group, tokens, *, public, root, profile=None, **more):
    # Through the subnet: with an interface in the request moto leaves the instance's own groups empty.
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": public})
    hops = 1 if tokens == "required" else 2
    made = ec2.run_instances(
        ImageId=image, InstanceType="t3.medium", MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group],
        BlockDeviceMappings=root, TagSpecifications=tagged("instance", name, **more),
        MetadataOptions={"HttpTokens": tokens, "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": hops},
        **({"IamInstanceProfile": {"Name": profile}} if profile else {}),
    )
    return made["Instances"][0]["InstanceId"]


def seed_volume(ec2, zone, name, kind, size, encrypted=False, instance=None, device="/dev/sdf", **more):
    speed = {"Iops": 3000, "Throughput": 125} if kind == "gp3" else {}
    made = ec2.create_volume(
        AvailabilityZone=zone, VolumeType=kind, Size=size, Encrypted=encrypted,
        TagSpecifications=tagged("volume", name, **more), **speed,
    )["VolumeId"]
    if instance:
        ec2.attach_volume(VolumeId=made, InstanceId=instance, Device=device)
    return made


def seed_snapshot(ec2, volume, name, **more):
    specification = tagged("snapshot", name, **more)
    return ec2.create_snapshot(VolumeId=volume, Description=name, TagSpecifications=specification)["SnapshotId"]


def seed_ec2(emulator):
    ec2 = emulator.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    zone, subnet_id = subnet["AvailabilityZone"], subnet["SubnetId"]
    clock.back(500)
    groups = seed_security_groups(ec2, subnet["VpcId"])
    base = ec2.register_image(Name="cloudglass-base-2025", Architecture="x86_64", RootDeviceName="/dev/xvda")["ImageId"]
    clock.back(120)
    safe = seed_instance(
        ec2, base, subnet_id, "api-hardened", groups["internal-only"], "required", public=False, root=disk("gp3", 20, True),
        profile="app-profile", env="production", team="platform",
    )
    bare = seed_instance(
        ec2, base, subnet_id, "legacy-web-imdsv1", groups["ssh-open"], "optional", public=True, root=disk("gp2", 8, False)
    )
    halted = seed_instance(
        ec2, base, subnet_id, "batch-stopped", groups["everything-open"], "optional", public=False, root=disk("gp2", 30, False)
    )
    attached = seed_volume(ec2, zone, "data-attached-encrypted", "gp3", 50, True, safe, env="production")
    seed_volume(ec2, zone, "data-attached-plain", "gp2", 200, False, halted)
    clock.back(90)
    ec2.stop_instances(InstanceIds=[halted])
    seed_volume(ec2, zone, "orphan-gp3-100", "gp3", 100)
    seed_volume(ec2, zone, "orphan-gp2-500", "gp2", 500)
    seed_snapshot(ec2, attached, "nightly-of-existing-volume", env="production")
    doomed = seed_volume(ec2, zone, "deleted-later", "gp2", 80)
    seed_snapshot(ec2, doomed, "orphaned-of-deleted-volume")
    exposed = seed_snapshot(ec2, doomed, "public-to-everyone", exposure="public")
    ec2.delete_volume(VolumeId=doomed)
    ec2.modify_snapshot_attribute(SnapshotId=exposed, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"])
    ec2.create_image(InstanceId=safe, Name="golden-private", Description="private image", NoReboot=True)
    public = ec2.create_image(InstanceId=bare, Name="demo-public", Description="public image", NoReboot=True)["ImageId"]
    ec2.modify_image_attribute(ImageId=public, LaunchPermission={"Add": [{"Group": "all"}]})
    used = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", "legacy-web-ip"))
    ec2.associate_address(InstanceId=bare, AllocationId=used["AllocationId"])
    ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", "free-tagged"))
    ec2.allocate_address(Domain="vpc")
    ec2.create_network_interface(
        SubnetId=subnet_id, Description="left over", Groups=[groups["db-open"]],
        TagSpecifications=tagged("network-interface", "standalone-available"),
    )


def seed_other_region(emulator):
    """A little in us-east-1, so that regions differ."""
    ec2 = emulator.client("ec2", OTHER)
    subnet = ec2.describe_subnets()["Subnets"][0]
    clock.back(30)
    groups = seed_security_groups(ec2, subnet["VpcId"])
    image = ec2.register_image(Name="us-base", Architecture="arm64", RootDeviceName="/dev/xvda")["ImageId"]
    seed_instance(
        ec2, image, subnet["SubnetId"], "us-web", groups["web-open"], "required", public=True, root=disk("gp3", 8, True)
    )
    lost = seed_volume(ec2, subnet["AvailabilityZone"], "us-orphan", "gp3", 40)
    seed_snapshot(ec2, lost, "us-snapshot")
    ec2.allocate_address(Domain="vpc")
    rds = emulator.client("rds", OTHER)
    seed_database(rds, "us-reporting", "postgres", "16.4", BackupRetentionPeriod=1, PubliclyAccessible=False)


def statement(sid, effect, action, bucket, **more):
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    return {"Sid": sid, "Effect": effect, "Principal": {"AWS": "*"}, "Action": action, "Resource": resources, **more}


def put_policy(s3, bucket, *statements):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))


def seed_s3(emulator):
    """Makes the buckets; answers name → region and the settings it has."""
    buckets = {
        "cloudglass-logs": (HOME, {"policy", "encryption"}),
        "cloudglass-hardened": (HOME, {"publicAccessBlock", "policy", "encryption", "tagging"}),
        "cloudglass-bare": (HOME, set()),
        "cloudglass-public": (HOME, {"policy", "publicAccessBlock"}),
        "cloudglass-versioned": (HOME, {"tagging"}),
        "cloudglass-us": (OTHER, {"encryption"}),
    }
    clock.back(700)
    for name, (region, _) in buckets.items():
        place = {} if region == OTHER else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        emulator.client("s3", region).create_bucket(Bucket=name, **place)
    s3 = emulator.client("s3")
    delivery = statement("LogDelivery", "Allow", "s3:PutObject", "cloudglass-logs")
    put_policy(
        s3, "cloudglass-logs",
        {**delivery, "Principal": {"Service": "logging.s3.amazonaws.com"}, "Resource": "arn:aws:s3:::cloudglass-logs/*"},
    )
    sse = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket="cloudglass-logs", ServerSideEncryptionConfiguration=sse)
    emulator.client("s3", OTHER).put_bucket_encryption(Bucket="cloudglass-us", ServerSideEncryptionConfiguration=sse)
    seed_hardened_bucket(s3, "cloudglass-hardened")
    put_policy(s3, "cloudglass-public", statement("PublicRead", "Allow", ["s3:GetObject", "s3:ListBucket"], "cloudglass-public"))
    half = {switch: switch.endswith("Acls") for switch in SWITCHES}
    s3.put_public_access_block(Bucket="cloudglass-public", PublicAccessBlockConfiguration=half)
    s3.put_bucket_versioning(Bucket="cloudglass-versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_tagging(Bucket="cloudglass-versioned", Tagging={"TagSet": [{"Key": "env", "Value": "test"}]})
    return buckets


def seed_hardened_bucket(s3, name):
    tls = statement("TlsOnly", "Deny", "s3:*", name, Condition={"Bool": {"aws:SecureTransport": "false"}})
    kms = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": f"arn:aws:kms:{HOME}:{EMULATED}:key/1234abcd-12ab-34cd-56ef-1234567890ab"}
    blocks = dict.fromkeys(SWITCHES, True)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=blocks)
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": kms, "BucketKeyEnabled": True}]},
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_logging(
        Bucket=name, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "cloudglass-logs", "TargetPrefix": "hardened/"}}
    )
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags("Hardened", env="production", owner="platform & data")})
    put_policy(s3, name, tls)


def seed_s3control(emulator):
    inner = "".join(f"<{word}>true</{word}>" for word in SWITCHES)
    root = f'<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">{inner}'
    headers = {"x-amz-account-id": EMULATED, "Content-Type": "application/xml"}
    path, body = "/v20180820/configuration/publicAccessBlock", f"{root}</PublicAccessBlockConfiguration>"
    status, _, answer = emulator.signed("s3control", HOME, "PUT", path, headers, body)
    assert status < 300, answer


def certificate(domain, starts, ends, *, elliptic=False, names=()):
    """A self-signed pair as PEM; the days count from NOW."""
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, domain)])
    alternatives = x509.SubjectAlternativeName([x509.DNSName(one) for one in (domain, *names)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int.from_bytes(domain.encode()[:16]))
        .add_extension(alternatives, critical=False)
        .not_valid_before(NOW + datetime.timedelta(days=starts))
        .not_valid_after(NOW + datetime.timedelta(days=ends))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    return made.public_bytes(pem).decode(), secret.decode()


def seed_iam(emulator):
    """Makes the users and what hangs on them; answers their names, the key ids by case and the keys themselves."""
    iam = emulator.client("iam")
    clock.back(400)
    iam.create_instance_profile(InstanceProfileName="app-profile")
    users = ["alice-console-mfa", "bob-console-no-mfa", "carol-two-keys", "dave-old-key", "erin-no-credentials"]
    for name in users:
        iam.create_user(UserName=name, Path="/people/" if name.startswith("erin") else "/", Tags=tags(name))
    keys = {"old-used": iam.create_access_key(UserName="dave-old-key")["AccessKey"]}
    for name in users[:2]:
        iam.create_login_profile(UserName=name, Password="Correct-Horse-7-Battery")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice-phone")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(UserName=users[0], SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321")
    iam.create_virtual_mfa_device(VirtualMFADeviceName="unassigned-device")
    for days, case in ((200, "first"), (20, "second-never-used")):
        clock.back(days)
        keys[case] = iam.create_access_key(UserName="carol-two-keys")["AccessKey"]
    keys["inactive"] = iam.create_access_key(UserName=users[1])["AccessKey"]
    iam.update_access_key(UserName=users[1], AccessKeyId=keys["inactive"]["AccessKeyId"], Status="Inactive")
    iam.update_account_password_policy(
        MinimumPasswordLength=10, RequireNumbers=True, RequireLowercaseCharacters=True, AllowUsersToChangePassword=True
    )
    body, secret = certificate("legacy.example.com", -300, 20)
    iam.upload_server_certificate(ServerCertificateName="legacy-elb", Path="/elb/", CertificateBody=body, PrivateKey=secret)
    # moto has no call for a console sign-in; the field is part of its public interface.
    backend = iam_backends[EMULATED]["aws"]
    backend.get_user(users[0]).password_last_used = NOW - datetime.timedelta(days=2)
    backend.get_user(users[1]).password_last_used = NOW - datetime.timedelta(days=190)
    return users, keys


def use_keys(emulator, keys):
    """Two keys make a call each, long ago; moto notes it only while it authenticates."""
    emulator.authentication(True)
    for case, days in (("old-used", 150), ("first", 1)):
        clock.back(days)
        key = Credentials(keys[case]["AccessKeyId"], keys[case]["SecretAccessKey"])
        body = urlencode({"Action": "GetCallerIdentity", "Version": VERSIONS["sts"]})
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        status, _, answer = emulator.signed("sts", HOME, "POST", "/", headers, body, key)
        assert status == 200, answer
    emulator.authentication(False)


def seed_database(rds, name, engine, version, **more):
    rds.create_db_instance(
        DBInstanceIdentifier=name, Engine=engine, EngineVersion=version, DBInstanceClass="db.t3.medium", AllocatedStorage=50,
        StorageType="gp3", MasterUsername="admin0", MasterUserPassword="not-a-real-one", Tags=tags(name, env="production"),
        **more,
    )


def seed_rds(emulator):
    rds = emulator.client("rds")
    clock.back(250)
    modest = {"BackupRetentionPeriod": 1, "PubliclyAccessible": False}
    strong = {"MultiAZ": True, "DeletionProtection": True, "AutoMinorVersionUpgrade": True}
    seed_database(
        rds, "orders-hardened", "postgres", "16.4", StorageEncrypted=True, BackupRetentionPeriod=7, PubliclyAccessible=False,
        CopyTagsToSnapshot=True, EnableIAMDatabaseAuthentication=True, **strong,
    )
    seed_database(
        rds, "shop-public-plain", "mysql", "5.7.44", StorageEncrypted=False, BackupRetentionPeriod=0, PubliclyAccessible=True,
        AutoMinorVersionUpgrade=False,
    )
    seed_database(rds, "wiki-internal", "mariadb", "10.11.8", StorageEncrypted=True, **modest)
    seed_database(rds, "archive-stopped", "postgres", "13.15", StorageEncrypted=False, **modest)
    sources = {
        "orders-encrypted": "orders-hardened",
        "shop-plain": "shop-public-plain",
        "shop-plain-public": "shop-public-plain",
        "archive-plain-shared": "archive-stopped",
    }
    clock.back(60)
    for name, source in sources.items():
        rds.create_db_snapshot(DBSnapshotIdentifier=name, DBInstanceIdentifier=source, Tags=tags(name))
    for name, reader in (("shop-plain-public", "all"), ("archive-plain-shared", STRANGER)):
        rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=[reader])
    rds.stop_db_instance(DBInstanceIdentifier="archive-stopped")
    return list(sources)


def seed_acm(emulator):
    """Answers case → region and ARN."""
    acm, us = emulator.client("acm"), emulator.client("acm", OTHER)
    clock.back(50)
    imported = {
        "imported-rsa-long": (acm, certificate("shop.example.com", -60, 300, names=["www.shop.example.com"])),
        "imported-rsa-ends-soon": (acm, certificate("soon.example.com", -350, 12)),
        "imported-rsa-expired": (acm, certificate("expired.example.com", -380, -15)),
        "imported-ec": (acm, certificate("ec.example.com", -60, 45, elliptic=True)),
        "us-imported-rsa": (us, certificate("us.example.com", -60, 200)),
    }
    arns = {}
    for case, (client, (body, secret)) in imported.items():
        tag = [{"Key": "case", "Value": case}]
        made = client.import_certificate(Certificate=body.encode(), PrivateKey=secret.encode(), Tags=tag)
        arns[case] = (client.meta.region_name, made["CertificateArn"])
    requests = {"requested-issued": (50, "issued.example.com"), "requested-pending": (0, "pending.example.com")}
    for case, (days, domain) in requests.items():
        clock.back(days)
        made = acm.request_certificate(
            DomainName=domain, ValidationMethod="DNS", SubjectAlternativeNames=[domain, f"www.{domain}"]
        )
        arns[case] = (HOME, made["CertificateArn"])
    return arns


def seed_powerless(emulator):
    """A user who may do nothing; made last, so that no list shows it."""
    iam = emulator.client("iam")
    iam.create_user(UserName="powerless")
    made = iam.create_access_key(UserName="powerless")["AccessKey"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"])


def seed_account(emulator):
    """Everything; answers what the recorder must ask for by name."""
    users, keys = seed_iam(emulator)
    seed_ec2(emulator)
    seed_other_region(emulator)
    buckets = seed_s3(emulator)
    seed_s3control(emulator)
    snapshots = seed_rds(emulator)
    certificates = seed_acm(emulator)
    use_keys(emulator, keys)
    clock.back(0)
    return users, keys, buckets, snapshots, certificates
