"""REST APIs: as it should be, with a method that asks for nothing, with a stage that is not logged."""


def seed(client, region, account_id, judged):
    gateway = client("apigateway")
    logs = f"arn:aws:logs:{region}:{account_id}:log-group:/apis"

    def api(name, authorization="AWS_IAM", logged=True):
        made = gateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]})["id"]
        root = gateway.get_resources(restApiId=made)["items"][0]["id"]
        about = {"restApiId": made, "resourceId": root, "httpMethod": "GET"}
        gateway.put_method(**about, authorizationType=authorization)
        uri = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/arn:aws:lambda:{region}:{account_id}:function:api/invocations"
        gateway.put_integration(**about, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
        gateway.create_deployment(restApiId=made, stageName="live")
        if logged:
            operation = {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": logs}
            gateway.update_stage(restApiId=made, stageName="live", patchOperations=[operation])
        return name

    asking = api("rest-asking")
    judged.good("apigateway_no_auth", asking)
    judged.bad("apigateway_no_auth", api("rest-open", authorization="NONE"))
    judged.good("apigateway_logging_off", asking)
    judged.bad("apigateway_logging_off", api("rest-silent", logged=False))
