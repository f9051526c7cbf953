import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { windowOf } from "../paging.ts";
import { functionArn } from "./lambda.ts";
import {
  countOf,
  digits,
  environmentOf,
  isBusy,
  isNth,
  numberOf,
  pageOf,
  policyOf,
  secondsBefore,
  type ThingService,
} from "./thing.ts";
import { webAclArn, webAcls } from "./wafv2.ts";

/** Source: API Gateway API 2015-07-09. */
const kind = "apigateway.restApis";
const paging = { token: "position", limit: "limit", byDefault: 25, min: 1, max: 500 };

/** Ten characters, as AWS's are. */
const idOf = (n: number): string => `rest${digits(n, 6)}`;
const arnOf = ({ region }: Call, n: number): string => `arn:aws:apigateway:${region}::/restapis/${idOf(n)}`;
const named = (call: Call): number =>
  numberOf(call, kind, "restapi_id", new AwsError("NotFoundException", 404, "Invalid API identifier specified"));

/** Every fourth answers in a VPC only, as its policy says. */
const isPrivate = (n: number): boolean => isNth(n, 4);
const privatePolicy = policyOf({
  Effect: "Allow",
  Principal: "*",
  Action: "execute-api:Invoke",
  Resource: "execute-api:/*",
  Condition: { StringEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f60001" } },
});

const getRestApis: Operation = (call) => {
  const { numbers, next } = pageOf(call, kind, paging);
  const item = numbers.map((n) => ({
    id: idOf(n),
    name: `api-${n}`,
    createdDate: secondsBefore(call, 100),
    apiKeySource: "HEADER",
    endpointConfiguration: isPrivate(n)
      ? { types: ["PRIVATE"], vpcEndpointIds: ["vpce-0a1b2c3d4e5f60001"], ipAddressType: "dualstack" }
      : { types: [isBusy(n) ? "REGIONAL" : "EDGE"], ipAddressType: "ipv4" },
    // AWS escapes the quotes once more than JSON needs.
    ...(isPrivate(n) && { policy: privatePolicy.replaceAll('"', String.raw`\"`) }),
    tags: { env: environmentOf(n) },
    disableExecuteApiEndpoint: false,
    rootResourceId: `root${digits(n, 6)}`,
    securityPolicy: isNth(n, 5) ? "TLS_1_0" : "TLS_1_2",
    apiStatus: "AVAILABLE",
  }));
  return json({ item, position: next });
};

const methodOf = (call: Call, n: number, httpMethod: string) => {
  const isPreflight = httpMethod === "OPTIONS";
  const uri = `arn:aws:apigateway:${call.region}:lambda:path/2015-03-31/functions/${functionArn(call, n)}/invocations`;
  return {
    httpMethod,
    authorizationType: isPreflight || isNth(n, 7) ? "NONE" : "AWS_IAM",
    apiKeyRequired: false,
    methodIntegration: isPreflight ? { type: "MOCK" } : { type: "AWS_PROXY", httpMethod: "POST", uri },
  };
};

/** Every tenth has more than a page of 25. */
const resourcesIn = (n: number): number => (isNth(n, 10) ? 30 : 2);

const getResources: Operation = (call) => {
  const n = named(call);
  const { from, to, next } = windowOf(call, resourcesIn(n), paging);
  const withMethods = text(call, "embed") === "methods";
  const item = Array.from({ length: to - from }, (_, at) => {
    const place = from + at;
    if (place === 0) return { id: `root${digits(n, 6)}`, path: "/" };
    const methods = ["GET", "POST", "OPTIONS"].map((verb) => [verb, withMethods ? methodOf(call, n, verb) : {}]);
    return {
      id: `r${digits(place, 5)}`,
      parentId: `root${digits(n, 6)}`,
      pathPart: `orders-${place}`,
      path: `/orders-${place}`,
      resourceMethods: Object.fromEntries(methods) as Readonly<Record<string, object>>,
    };
  });
  return json({ item, position: next });
};

const getStages: Operation = (call) => {
  const n = named(call);
  const stage = {
    deploymentId: `d${digits(n, 5)}`,
    stageName: "live",
    cacheClusterEnabled: false,
    cacheClusterStatus: "NOT_AVAILABLE",
    methodSettings: isNth(n, 5)
      ? {}
      : { "*/*": { loggingLevel: "ERROR", metricsEnabled: true, dataTraceEnabled: false } },
    ...(!isNth(n, 5) && {
      accessLogSettings: {
        format: "$context.requestId",
        destinationArn: `arn:aws:logs:${call.region}:${call.account.id}:log-group:/api/${n}`,
      },
    }),
    tracingEnabled: !isNth(n, 5),
    ...(n < countOf(call, webAcls) && { webAclArn: webAclArn(call, n) }),
    createdDate: secondsBefore(call, 100),
    lastUpdatedDate: secondsBefore(call, 50),
  };
  return json({ item: [stage] });
};

export const apigateway: ThingService = {
  routes: [
    ["GET", "/restapis", "GetRestApis"],
    ["GET", "/restapis/{restapi_id}/resources", "GetResources"],
    ["GET", "/restapis/{restapi_id}/stages", "GetStages"],
  ],
  operations: { GetRestApis: getRestApis, GetResources: getResources, GetStages: getStages },
  kinds: { [kind]: { arnOf } },
};
