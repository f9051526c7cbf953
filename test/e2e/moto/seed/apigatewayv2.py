"""HTTP and WebSocket APIs with routes and stages."""


def seed(client, region, account_id):
    gateway = client("apigatewayv2")
    http = gateway.create_api(Name="shop", ProtocolType="HTTP", Tags={"env": "production"})["ApiId"]
    for key, authorization in (("GET /items", "NONE"), ("POST /items", "AWS_IAM")):
        gateway.create_route(ApiId=http, RouteKey=key, AuthorizationType=authorization)
    gateway.create_stage(ApiId=http, StageName="live")
    gateway.create_api(Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action")
