"""Fills moto with a small company's account: `seed.py <port> <scale> <region>...`. Things go round the regions, global ones to the first that boto3 takes."""

import io
import json
import sys
import zipfile

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
TAGS = [{"Key": "env", "Value": "production"}]


class Place:
    """A region, its clients, and what others are made of."""

    def __init__(self, port, region):
        self.port, self.region, self.clients = port, region, {}
        self.subnets, self.groups, self.volumes = [], [], []

    def __getattr__(self, service):
        name = service.rstrip("_").replace("_", "-")
        if name not in self.clients:
            self.clients[name] = boto3.client(
                name,
                region_name=self.region,
                endpoint_url=f"http://127.0.0.1:{self.port}",
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                config=Config(retries={"total_max_attempts": 1}),
            )
        return self.clients[name]


def trust(service):
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def code():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    return made.getvalue()


def network(at, n):
    vpc = at.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for part, zone in enumerate("ab"):
        subnet = at.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{part}.0/24", AvailabilityZone=f"{at.region}{zone}")
        at.subnets.append((vpc, subnet["Subnet"]["SubnetId"]))
    gateway = at.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    at.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = at.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    at.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def group(at, n):
    vpc = at.subnets[0][0]
    made = at.ec2.create_security_group(GroupName=f"group-{n}", Description="Web", VpcId=vpc)["GroupId"]
    ranges = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    at.ec2.authorize_security_group_ingress(
        GroupId=made, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **ranges}]
    )
    at.groups.append(made)


def instance(at, n):
    image = at.ec2.describe_images(Owners=["self"])["Images"] or [
        at.ec2.register_image(Name="base", RootDeviceName="/dev/xvda", Architecture="x86_64", VirtualizationType="hvm")
    ]
    at.ec2.run_instances(
        ImageId=image[0]["ImageId"],
        MinCount=1,
        MaxCount=1,
        InstanceType="t3.micro",
        SubnetId=at.subnets[0][1],
        SecurityGroupIds=at.groups[:1],
        TagSpecifications=[{"ResourceType": "instance", "Tags": TAGS}],
    )


def volume(at, n):
    at.volumes.append(at.ec2.create_volume(AvailabilityZone=f"{at.region}a", Size=8, VolumeType="gp3", Encrypted=True)["VolumeId"])


def snapshot(at, n):
    at.ec2.create_snapshot(VolumeId=at.volumes[0], Description="nightly")


def interface(at, n):
    at.ec2.create_network_interface(SubnetId=at.subnets[0][1], Groups=at.groups[:1])


def address(at, n):
    at.ec2.allocate_address(Domain="vpc")


def bucket(at, n):
    name = f"company-{at.region}-{n}"
    where = {} if at.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": at.region}}
    at.s3.create_bucket(Bucket=name, **where)
    at.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def function(at, n):
    at.lambda_.create_function(
        FunctionName=f"function-{n}",
        Runtime="nodejs22.x",
        Role=f"arn:aws:iam::{ACCOUNT}:role/role-0",
        Handler="index.handler",
        Code={"ZipFile": code()},
    )


def user(at, n):
    at.iam.create_user(UserName=f"user-{n}", Tags=TAGS)
    at.iam.create_access_key(UserName=f"user-{n}")


def role(at, n):
    at.iam.create_role(RoleName=f"role-{n}", AssumeRolePolicyDocument=trust("lambda"), Tags=TAGS)
    at.iam.put_role_policy(RoleName=f"role-{n}", PolicyName="logs", PolicyDocument=allow("logs:*"))


def policy(at, n):
    at.iam.create_policy(PolicyName=f"policy-{n}", PolicyDocument=allow("s3:GetObject"))


def key(at, n):
    made = at.kms.create_key(Description=f"key-{n}", Tags=[{"TagKey": "env", "TagValue": "production"}])["KeyMetadata"]["KeyId"]
    at.kms.enable_key_rotation(KeyId=made)


def secret(at, n):
    at.secretsmanager.create_secret(Name=f"secret-{n}", SecretString="x", Tags=TAGS)


def parameter(at, n):
    at.ssm.put_parameter(Name=f"/app/{n}", Value="x", Type="SecureString", Tags=TAGS)


def table(at, n):
    at.dynamodb.create_table(
        TableName=f"table-{n}",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        Tags=TAGS,
    )


def topic(at, n):
    at.sns.create_topic(Name=f"topic-{n}", Tags=TAGS)


def queue(at, n):
    at.sqs.create_queue(QueueName=f"queue-{n}", tags={"env": "production"})


def database(at, n):
    at.rds.create_db_instance(
        DBInstanceIdentifier=f"database-{n}",
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=100,
        StorageEncrypted=True,
        MasterUsername="master",
        MasterUserPassword="correct-horse-battery",
    )


def balancer(at, n):
    vpc, first = at.subnets[0]
    second = at.subnets[1][1]
    made = at.elbv2.create_load_balancer(Name=f"balancer-{n}", Subnets=[first, second], SecurityGroups=at.groups[:1])
    targets = at.elbv2.create_target_group(Name=f"targets-{n}", Protocol="HTTP", Port=8080, VpcId=vpc)
    at.elbv2.create_listener(
        LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets["TargetGroups"][0]["TargetGroupArn"]}],
    )


def repository(at, n):
    at.ecr.create_repository(repositoryName=f"app/{n}", imageScanningConfiguration={"scanOnPush": True})


def service(at, n):
    """Ten in a cluster of each region, each of a definition of its own."""
    at.ecs.create_cluster(clusterName=f"cluster-{n // 30}")
    container = {"name": "app", "image": "nginx", "essential": True}
    definition = at.ecs.register_task_definition(family=f"app-{n}", cpu="256", memory="512", containerDefinitions=[container])
    at.ecs.create_service(
        cluster=f"cluster-{n // 30}",
        serviceName=f"service-{n}",
        taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        desiredCount=1,
    )


def log(at, n):
    at.logs.create_log_group(logGroupName=f"/aws/lambda/function-{n}")


def alarm(at, n):
    at.cloudwatch.put_metric_alarm(
        AlarmName=f"alarm-{n}",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


def certificate(at, n):
    at.acm.request_certificate(DomainName=f"www{n}.example.com", ValidationMethod="DNS")


def zone(at, n):
    made = at.route53.create_hosted_zone(Name=f"zone{n}.example.com", CallerReference=str(n))["HostedZone"]["Id"]
    record = {"Name": f"www.zone{n}.example.com", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    at.route53.change_resource_record_sets(
        HostedZoneId=made, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )


def distribution(at, n):
    origin = {"Id": "origin", "DomainName": "origin.example.com"}
    custom = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    behaviour = {
        "TargetOriginId": "origin",
        "ViewerProtocolPolicy": "redirect-to-https",
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }
    config = {
        "CallerReference": f"distribution-{n}",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{**origin, "CustomOriginConfig": custom}]},
        "DefaultCacheBehavior": behaviour,
    }
    at.cloudfront.create_distribution(DistributionConfig=config)


# How many at scale 1, those first that others are made of. Beside them stands what every account has: a default network in
# each region, and each region's settings.
KINDS = {
    network: 3,
    group: 3,
    instance: 7,
    volume: 4,
    snapshot: 4,
    interface: 2,
    address: 2,
    bucket: 11,
    role: 26,
    function: 16,
    user: 3,
    policy: 4,
    key: 8,
    secret: 15,
    parameter: 24,
    table: 8,
    topic: 8,
    queue: 9,
    database: 3,
    balancer: 2,
    repository: 3,
    service: 2,
    log: 14,
    alarm: 3,
    certificate: 3,
    zone: 3,
    distribution: 2,
}


def main(port, scale, regions):
    places = [Place(port, region) for region in regions]
    made = {}
    for kind, count in KINDS.items():
        # What stands in each region is there at any scale.
        made[kind.__name__] = max(round(count * scale), min(count, len(regions)))
        for n in range(made[kind.__name__]):
            kind(places[n % len(places)], n)
    print(json.dumps(made))


main(sys.argv[1], float(sys.argv[2]), sys.argv[3:])
