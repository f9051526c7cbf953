"""Functions: as it should be, open to everybody and to every customer of a service, on an old runtime, with a secret."""

import io
import zipfile


def code():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    return made.getvalue()


def seed(client, region, account_id, judged):
    functions = client("lambda")
    # moto wants a role that is there. AWS's own for its services are nobody's to look after.
    role = client("iam").create_service_linked_role(AWSServiceName="lambda.amazonaws.com", CustomSuffix=region)["Role"]["Arn"]

    def function(name, runtime="python3.13", **variables):
        functions.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": code()},
            Environment={"Variables": variables},
        )
        return f":function:{name}"

    def let(name, principal, **more):
        functions.add_permission(FunctionName=name, StatementId="let", Action="lambda:InvokeFunction", Principal=principal, **more)

    own = function("own", STAGE="production")
    let("own", "events.amazonaws.com", SourceAccount=account_id)
    anybody, deputy = function("anybody"), function("deputy")
    let("anybody", "*")
    let("deputy", "events.amazonaws.com")
    judged.good("lambda_public_policy", own)
    judged.bad("lambda_public_policy", anybody)
    judged.bad("lambda_public_policy", deputy)
    judged.good("lambda_deprecated_runtime", own)
    judged.bad("lambda_deprecated_runtime", function("old", runtime="python3.7"))
    judged.good("lambda_env_secret", own)
    judged.bad("lambda_env_secret", function("telling", DB_PASSWORD="qT7xZ9vLp2Rk"))
