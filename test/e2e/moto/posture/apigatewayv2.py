"""HTTP and WebSocket APIs: as it should be, with a route that asks for nothing, with a stage that is not logged."""


def seed(client, region, account_id, judged):
    gateway = client("apigatewayv2")
    logs = {"DestinationArn": f"arn:aws:logs:{region}:{account_id}:log-group:/apis", "Format": "$context.requestId"}

    def api(name, route="GET /items", authorization="AWS_IAM", logged=True):
        socket = {"ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
        made = gateway.create_api(Name=name, **(socket if route.startswith("$") else {"ProtocolType": "HTTP"}))["ApiId"]
        gateway.create_route(ApiId=made, RouteKey=route, AuthorizationType=authorization)
        gateway.create_stage(ApiId=made, StageName="live", **({"AccessLogSettings": logs} if logged else {}))
        return name

    asking = api("http-asking")
    judged.good("apigateway_no_auth", asking)
    judged.bad("apigateway_no_auth", api("http-open", authorization="NONE"))
    judged.good("apigateway_no_auth", api("socket-asking", route="$connect"))
    judged.bad("apigateway_no_auth", api("socket-open", route="$connect", authorization="NONE"))
    judged.good("apigateway_logging_off", asking)
    judged.bad("apigateway_logging_off", api("http-silent", logged=False))
