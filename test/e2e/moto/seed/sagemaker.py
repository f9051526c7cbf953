"""Models, an endpoint in service, and notebooks, one with a way out."""


def seed(client, region, account_id):
    sagemaker = client("sagemaker")
    role = f"arn:aws:iam::{account_id}:role/service-sagemaker"
    tags = [{"Key": "env", "Value": "production"}]
    image = f"{account_id}.dkr.ecr.{region}.amazonaws.com/app/web:1.0.0"
    sagemaker.create_model(ModelName="ranking", ExecutionRoleArn=role, PrimaryContainer={"Image": image}, Tags=tags)
    sagemaker.create_model(ModelName="alone", ExecutionRoleArn=role, PrimaryContainer={"Image": image}, EnableNetworkIsolation=True)
    variant = {"VariantName": "all", "ModelName": "ranking", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="ranking", ProductionVariants=[variant])
    for name in ("ranking", "ranking-next"):
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="ranking", Tags=tags)
    for name, internet in (("research", "Enabled"), ("closed", "Disabled")):
        sagemaker.create_notebook_instance(
            NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role, DirectInternetAccess=internet, RootAccess=internet, Tags=tags
        )
