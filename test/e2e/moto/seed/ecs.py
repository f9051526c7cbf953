"""Clusters with services, a public one among them, and a revision that nothing runs."""


def seed(client, region, account_id):
    ecs = client("ecs")
    tags = [{"key": "env", "value": "production"}]
    ecs.create_cluster(clusterName="main", settings=[{"name": "containerInsights", "value": "enabled"}], tags=tags)
    ecs.create_cluster(clusterName="empty")

    def task(family, **container):
        return ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            taskRoleArn=f"arn:aws:iam::{account_id}:role/service-ecs-tasks",
            containerDefinitions=[{"name": family, "image": "nginx", "essential": True, **container}],
        )["taskDefinition"]["taskDefinitionArn"]

    task("web")
    web = task("web", image=f"{account_id}.dkr.ecr.{region}.amazonaws.com/app/web:1.0.0", readonlyRootFilesystem=True)
    job = task("job", privileged=True, environment=[{"name": "PASSWORD", "value": "secret"}])
    ec2 = client("ec2")
    subnet = ec2.describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["main-a"]}])["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["inside"]}])["SecurityGroups"][0]["GroupId"]
    for name, definition, public in (("web", web, "ENABLED"), ("job", job, "DISABLED")):
        ecs.create_service(
            cluster="main",
            serviceName=name,
            taskDefinition=definition,
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": public}},
            tags=tags,
        )
