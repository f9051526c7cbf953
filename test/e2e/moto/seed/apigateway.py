"""REST APIs: one deployed with a method that asks for nothing, one that was never deployed."""


def seed(client, region, account_id):
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="orders", tags={"env": "production"}, endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    orders = gateway.create_resource(restApiId=api, parentId=root, pathPart="orders")["id"]
    for method, authorization in (("GET", "NONE"), ("POST", "AWS_IAM")):
        gateway.put_method(restApiId=api, resourceId=orders, httpMethod=method, authorizationType=authorization)
        gateway.put_integration(
            restApiId=api,
            resourceId=orders,
            httpMethod=method,
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/arn:aws:lambda:{region}:{account_id}:function:worker/invocations",
        )
    gateway.create_deployment(restApiId=api, stageName="live")
    gateway.create_rest_api(name="draft")
