"""Services and what they run: as it should be, with public addresses, with a secret, with the whole host."""


def seed(client, region, account_id, judged):
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main")
    subnet = client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    among = [{"Name": "vpc-id", "Values": [subnet["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    group = client("ec2").describe_security_groups(Filters=among)["SecurityGroups"][0]["GroupId"]
    network = {"subnets": [subnet["SubnetId"]], "securityGroups": [group]}

    def service(name, public="DISABLED", launch="FARGATE", **container):
        task = ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=[launch],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "nginx", "essential": True, "user": "1000", **container}],
        )["taskDefinition"]["taskDefinitionArn"]
        ecs.create_service(
            cluster="main",
            serviceName=name,
            taskDefinition=task,
            desiredCount=1,
            launchType=launch,
            networkConfiguration={"awsvpcConfiguration": {**network, "assignPublicIp": public}},
        )
        return f":service/main/{name}", f":task-definition/{name}:"

    settled, sound = service("settled", environment=[{"name": "STAGE", "value": "production"}])
    reached, _ = service("reached", public="ENABLED")
    _, telling = service("telling", environment=[{"name": "DB_PASSWORD", "value": "qT7xZ9vLp2Rk"}])
    _, privileged = service("privileged", launch="EC2", privileged=True)
    judged.good("ecs_service_public_ip", settled)
    judged.bad("ecs_service_public_ip", reached)
    judged.good("ecs_env_secret", sound)
    judged.bad("ecs_env_secret", telling)
    judged.good("ecs_privileged_container", sound)
    judged.bad("ecs_privileged_container", privileged)
