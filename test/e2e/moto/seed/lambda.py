"""Functions: one in a network, one on an old runtime, one with a URL for everybody."""

import io
import zipfile


def code():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    return made.getvalue()


def seed(client, region, account_id):
    functions = client("lambda")
    role = f"arn:aws:iam::{account_id}:role/service-lambda"

    def function(name, runtime, **more):
        functions.create_function(FunctionName=name, Runtime=runtime, Role=role, Handler="index.handler", Code={"ZipFile": code()}, **more)

    subnets = client("ec2").describe_subnets(Filters=[{"Name": "tag:Name", "Values": ["main-a"]}])["Subnets"]
    groups = client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["inside"]}])["SecurityGroups"]
    function(
        "worker",
        "python3.13",
        Tags={"env": "production"},
        VpcConfig={"SubnetIds": [subnets[0]["SubnetId"]], "SecurityGroupIds": [groups[0]["GroupId"]]},
        Environment={"Variables": {"STAGE": "production"}},
    )
    function("old", "python3.7", TracingConfig={"Mode": "Active"})
    function("public", "nodejs22.x", Architectures=["arm64"])
    functions.create_function_url_config(FunctionName="public", AuthType="NONE")
    functions.add_permission(
        FunctionName="public", StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
    )
