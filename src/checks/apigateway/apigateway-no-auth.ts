import type { OpenRoute } from "#collectors/api-routes";
import type { FoundBy } from "#collectors/registry";
import type { About, Check, Examples } from "#checks/check";
import { exampleStatement } from "#checks/lambda/examples";
import { publicGrants } from "#checks/public-policy";
import { exampleApi, exampleRestApi, exampleRoute } from "./examples.ts";
import { isRest, serviceOf, type Apis } from "./shared.ts";

/** As many routes a finding names. */
const routesMax = 50;

export const check: Check<Apis> = {
  id: "apigateway_no_auth",
  severity: "medium",
  category: "security",
  domain: "network_exposure",
  effort: "medium",
  confidence: 0.7,
  drift: true,
  resources: ["apigateway.restApis", "apigatewayv2.apis"],
  decisive: ["routes", "openRouteCount"],
  params: {},
  judge({ name, nativeId, attributes: api }) {
    if (isRest(api) && api.endpointTypes.includes("PRIVATE")) return null;
    const open = openRoutesOf(api);
    const operation = `${serviceOf(api)}:${isRest(api) ? "GetResources" : "GetRoutes"}`;
    if (open === undefined) return { status: "unknown", reason: `${operation} could not be read` };
    if (open.length === 0) return { status: "pass" };
    if (isRest(api)) {
      if (api.policy === undefined)
        return { status: "unknown", reason: "The policy in apigateway:GetRestApis could not be read" };
      // Where there is a policy, it alone says who may call such a method.
      if (api.policy !== null && publicGrants(api.policy).length === 0) return { status: "pass" };
    }
    const isWhole = isWebSocket(api) || open.length === api.routeCount;
    const isServed = open.some(({ integrationType }) => integrationType !== "MOCK");
    const routes = open.slice(0, routesMax).map(({ route }) => route);
    return {
      status: "fail",
      severity: isWhole && isServed ? "high" : "medium",
      exposure: "internet",
      variants: isRest(api) ? [] : ["http"],
      summary: `API ${name ?? nativeId} answers ${isWhole ? "everything" : routes.slice(0, 3).join(", ")} without asking who calls.`,
      details: { routes, openRouteCount: open.length, everyRoute: isWhole },
      evidence: [
        {
          call: operation,
          field: isRest(api) ? "items[].resourceMethods" : "Items[].AuthorizationType",
          value: "NONE",
        },
      ],
    };
  },
};

const isWebSocket = (api: FoundBy<Apis>["attributes"]): boolean => !isRest(api) && api.protocolType === "WEBSOCKET";

/** Of a WebSocket API only `$connect` can ask; what follows is on the same connection. */
const openRoutesOf = (api: FoundBy<Apis>["attributes"]): readonly OpenRoute[] | undefined =>
  api.openRoutes?.filter(({ route }) => !isWebSocket(api) || route === "$connect");

export const about: About = {
  title: "The API answers without asking who calls",
  rationale: "Whoever finds the address can call what lies behind it, as often as he likes, and you pay for each call.",
  remediation:
    "Attach an authorizer: JWT, IAM or a function of your own. If the API is public on purpose, ignore the finding with that reason and limit how often it may be called.",
  controls: {},
  variants: { http: { aws_fsbp: ["APIGateway.8"] } },
};

export const examples = (): Examples<Apis> => {
  const open = { openRoutes: [exampleRoute()] };
  const every = { openRoutes: [exampleRoute(), exampleRoute("POST /orders")] };
  const mock = { openRoutes: [exampleRoute("GET /health", "MOCK")] };
  const policyOf = (sourceIp: string | null) => [
    exampleStatement({
      actions: ["execute-api:Invoke"],
      resources: ["arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/*"],
      conditions: sourceIp === null ? [] : [{ operator: "IpAddress", key: "aws:SourceIp", values: [sourceIp] }],
    }),
  ];
  const socket = { protocolType: "WEBSOCKET", routeCount: 3 };
  const message = exampleRoute("sendMessage", null);
  return {
    pass: [
      { name: "everything asks", found: exampleRestApi() },
      { name: "everything asks, HTTP", found: exampleApi() },
      {
        name: "everything asks, the policy not readable",
        found: exampleRestApi({ policy: undefined }),
      },
      { name: "only an office is let in", found: exampleRestApi({ ...every, policy: policyOf("203.0.113.0/24") }) },
      { name: "a WebSocket that asks at the start", found: exampleApi({ ...socket, openRoutes: [message] }) },
    ],
    fail: [
      {
        name: "one method",
        found: exampleRestApi(open),
        expect: {
          severity: "medium",
          exposure: "internet",
          variants: [],
          details: { routes: ["GET /orders"], openRouteCount: 1, everyRoute: false },
        },
      },
      { name: "every method", found: exampleRestApi(every), expect: { severity: "high" } },
      { name: "every method, for everyone", found: exampleRestApi({ ...every, policy: policyOf(null) }) },
      { name: "every method, for every address", found: exampleRestApi({ ...every, policy: policyOf("0.0.0.0/0") }) },
      {
        name: "every method is a mock",
        found: exampleRestApi({ ...mock, routeCount: 1 }),
        expect: { severity: "medium" },
      },
      { name: "one route", found: exampleApi(open), expect: { severity: "medium", variants: ["http"] } },
      { name: "every route", found: exampleApi(every), expect: { severity: "high" } },
      {
        name: "a WebSocket",
        found: exampleApi({ ...socket, openRoutes: [exampleRoute("$connect", null), message] }),
        expect: { severity: "high", details: { routes: ["$connect"] } },
      },
    ],
    unknown: [
      { name: "methods not readable", found: exampleRestApi({ openRoutes: undefined, routeCount: undefined }) },
      { name: "policy not readable", found: exampleRestApi({ ...open, policy: undefined }) },
      { name: "routes not readable", found: exampleApi({ openRoutes: undefined, routeCount: undefined }) },
    ],
    notApplicable: [{ name: "private", found: exampleRestApi({ ...every, endpointTypes: ["PRIVATE"] }) }],
  };
};
