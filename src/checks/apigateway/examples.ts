import type { OpenRoute } from "#collectors/api-routes";
import type { FoundBy } from "#collectors/registry";

const found = { name: "shop", state: null, tags: {}, createdAt: "2026-01-15T03:00:00.000Z" };

/** A regional REST API with two methods that ask who calls and one logged stage, but for what is given. */
export const exampleRestApi = (
  attributes: Partial<FoundBy<"apigateway.restApis">["attributes"]> = {},
): FoundBy<"apigateway.restApis"> => ({
  ...found,
  nativeId: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5",
  arn: "arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5",
  attributes: {
    apiId: "a1b2c3d4e5",
    endpointTypes: ["REGIONAL"],
    vpcEndpointIds: [],
    disableExecuteApiEndpoint: false,
    apiKeySource: "HEADER",
    securityPolicy: null,
    policy: null,
    routeCount: 2,
    openRoutes: [],
    stages: [
      { name: "prod", accessLogDestinationArn: "arn:log", loggingLevel: null, tracingEnabled: null, webAclArn: null },
    ],
    ...attributes,
  },
});

/** The same as an HTTP API. */
export const exampleApi = (
  attributes: Partial<FoundBy<"apigatewayv2.apis">["attributes"]> = {},
): FoundBy<"apigatewayv2.apis"> => ({
  ...found,
  nativeId: "arn:aws:apigateway:eu-west-1::/apis/f6g7h8i9j0",
  arn: "arn:aws:apigateway:eu-west-1::/apis/f6g7h8i9j0",
  attributes: {
    apiId: "f6g7h8i9j0",
    protocolType: "HTTP",
    apiEndpoint: "https://f6g7h8i9j0.execute-api.eu-west-1.amazonaws.com",
    disableExecuteApiEndpoint: false,
    corsAllowOrigins: [],
    routeCount: 2,
    openRoutes: [],
    stages: [{ name: "prod", accessLogDestinationArn: "arn:log", loggingLevel: null }],
    ...attributes,
  },
});

export const exampleRoute = (route = "GET /orders", integrationType: string | null = "AWS_PROXY"): OpenRoute => ({
  route,
  integrationType,
});
