"""Models in and outside of a VPC, endpoints that are called and not, notebooks that are closed and open."""

import datetime


def seed(client, region, account_id, judged):
    sagemaker = client("sagemaker")
    role = f"arn:aws:iam::{account_id}:role/service-sagemaker"
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"VpcConfig": {"Subnets": [subnet], "SecurityGroupIds": ["sg-0a1b2c3d4e5f60718"]}}

    def endpoint(name, **model):
        image = {"Image": f"{account_id}.dkr.ecr.{region}.amazonaws.com/app/web:1.0.0"}
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=image, **model)
        variant = {"VariantName": "all", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        return f":model/{name}", f":endpoint/{name}"

    def notebook(name, opened):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=name,
            InstanceType="ml.t3.medium",
            RoleArn=role,
            DirectInternetAccess=opened,
            RootAccess=opened,
            **({} if opened == "Enabled" else {"SubnetId": subnet, "KmsKeyId": "0a1b2c3d-0000-4000-8000-000000000001"}),
        )
        return f":notebook-instance/{name}"

    inside, called = endpoint("ranking", **network)
    outside, idle = endpoint("churn")
    client("cloudwatch").put_metric_data(
        Namespace="AWS/SageMaker",
        MetricData=[
            {
                "MetricName": "Invocations",
                "Dimensions": [{"Name": "EndpointName", "Value": "ranking"}, {"Name": "VariantName", "Value": "all"}],
                "Timestamp": datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=2),
                "Value": 7,
            }
        ],
    )
    judged.good("sagemaker_model_not_isolated", inside)
    judged.bad("sagemaker_model_not_isolated", outside)

    closed, opened = notebook("closed", "Disabled"), notebook("opened", "Enabled")
    sagemaker.stop_notebook_instance(NotebookInstanceName="closed")
    judged.good("sagemaker_notebook_internet", closed)
    judged.bad("sagemaker_notebook_internet", opened)
    judged.good("sagemaker_endpoint_idle", called)
    judged.bad("sagemaker_endpoint_idle", idle)
    judged.bad("sagemaker_endpoint_idle", opened)
