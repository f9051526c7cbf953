import { AwsError, json } from "../answers.ts";
import type { Call, Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { daysBefore, digits, environmentOf, isNth, numberOf, pageOf, type ThingService } from "./thing.ts";

/** Source: API Gateway API 2018-11-29. AWS does not say how long a page may be. */
const kind = "apigatewayv2.apis";
const paging = { token: "nextToken", limit: "maxResults", byDefault: 100, min: 1, max: 500 };

/** Ten characters, as AWS's are. */
const idOf = (n: number): string => `http${digits(n, 6)}`;
const arnOf = ({ region }: Call, n: number): string => `arn:aws:apigateway:${region}::/apis/${idOf(n)}`;
const named = (call: Call): number => {
  const message = `Invalid API identifier specified ${call.account.id}:${String(call.input["apiId"])}`;
  return numberOf(call, kind, "apiId", new AwsError("NotFoundException", 404, message));
};

const isWebSocket = (n: number): boolean => isNth(n, 4);

const getApis: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const items = numbers.map((n) => ({
    apiEndpoint: `${isWebSocket(n) ? "wss" : "https"}://${idOf(n)}.execute-api.${call.region}.amazonaws.com`,
    apiId: idOf(n),
    apiKeySelectionExpression: "$request.header.x-api-key",
    ...(!isWebSocket(n) && { corsConfiguration: { allowOrigins: [isNth(n, 7) ? "*" : "https://shop.example"] } }),
    createdDate: daysBefore(call, 100),
    disableExecuteApiEndpoint: false,
    name: `api-${n}`,
    protocolType: isWebSocket(n) ? "WEBSOCKET" : "HTTP",
    routeSelectionExpression: isWebSocket(n) ? "$request.body.action" : "$request.method $request.path",
    tags: { env: environmentOf(n) },
  }));
  return json({ items, nextToken: next });
};

const routesOf = (n: number): readonly string[] => {
  if (isWebSocket(n)) return ["$connect", "$disconnect", "$default"];
  // Every tenth has more than a page.
  const count = isNth(n, 10) ? paging.byDefault + 3 : 1;
  return ["OPTIONS /orders", ...Array.from({ length: count }, (_, at) => `GET /orders/${at}`)];
};

const getRoutes: Operation = (call) => {
  const n = named(call);
  const routes = routesOf(n);
  const { from, to, next } = windowOf(call, routes.length, paging);
  const items = routes.slice(from, to).map((routeKey, at) => ({
    apiKeyRequired: false,
    // Every 7th asks nobody who he is; of a WebSocket API only `$connect` can.
    authorizationType: isNth(n, 7) || /^(?:OPTIONS|\$d)/.test(routeKey) ? "NONE" : "AWS_IAM",
    routeId: `r${digits(from + at, 6)}`,
    routeKey,
    target: "integrations/a1b2c3d",
  }));
  return json({ items, nextToken: next });
};

const getStages: Operation = (call) => {
  const n = named(call);
  const { from, to, next } = windowOf(call, 1, paging);
  const stage = {
    ...(!isNth(n, 5) && {
      accessLogSettings: {
        destinationArn: `arn:aws:logs:${call.region}:${call.account.id}:log-group:/http/${n}`,
        format: "$context.requestId",
      },
    }),
    autoDeploy: true,
    createdDate: daysBefore(call, 100),
    defaultRouteSettings: { detailedMetricsEnabled: false, ...(isWebSocket(n) && { loggingLevel: "ERROR" }) },
    lastUpdatedDate: daysBefore(call, 50),
    routeSettings: {},
    stageName: "$default",
    stageVariables: {},
    tags: {},
  };
  return json({ items: [stage].slice(from, to), nextToken: next });
};

export const apigatewayv2: ThingService = {
  routes: [
    ["GET", "/v2/apis", "GetApis"],
    ["GET", "/v2/apis/{apiId}/routes", "GetRoutes"],
    ["GET", "/v2/apis/{apiId}/stages", "GetStages"],
  ],
  operations: { GetApis: getApis, GetRoutes: getRoutes, GetStages: getStages },
  kinds: { [kind]: { arnOf } },
};
