"""Classic load balancers: one with an instance, one with none."""


def seed(client, region, account_id):
    elb = client("elb")
    listener = {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080}
    for name in ("classic", "classic-empty"):
        elb.create_load_balancer(
            LoadBalancerName=name, Listeners=[listener], AvailabilityZones=[f"{region}a"], Tags=[{"Key": "balancer", "Value": name}]
        )
    filters = [{"Name": "tag:Name", "Values": ["web"]}, {"Name": "instance-state-name", "Values": ["running"]}]
    instance = client("ec2").describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]["InstanceId"]
    elb.register_instances_with_load_balancer(LoadBalancerName="classic", Instances=[{"InstanceId": instance}])
