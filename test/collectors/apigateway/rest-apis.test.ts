import { describe, it } from "vitest";
import { collector } from "#collectors/apigateway/rest-apis";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:apigateway:eu-west-1::/restapis/${id}`;
const handler = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
const lambda = (target: string) => ({
  type: "AWS_PROXY",
  httpMethod: "POST",
  uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${target}/invocations`,
  passthroughBehavior: "WHEN_NO_MATCH",
});

const policy = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*" },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "execute-api:Invoke",
      Resource: "execute-api:/*",
      Condition: { NotIpAddress: { "aws:SourceIp": "198.51.100.0/24" } },
    },
  ],
};
/** As the API writes it: a text whose quotes are escaped, in JSON that escapes them again. */
const escaped = JSON.stringify(policy).replaceAll('"', String.raw`\"`);

const orders = {
  id: "a1b2c3d4e5",
  name: "orders",
  createdDate: 1_767_225_600,
  apiKeySource: "HEADER",
  endpointConfiguration: { types: ["REGIONAL"], ipAddressType: "ipv4" },
  policy: escaped,
  tags: { env: "prod" },
  disableExecuteApiEndpoint: false,
  rootResourceId: "r0",
  securityPolicy: "TLS_1_2",
  apiStatus: "AVAILABLE",
};
const bare = (id: string) => ({ id, name: id });

const method = (more: Readonly<Record<string, unknown>>) => ({
  authorizationType: "NONE",
  apiKeyRequired: false,
  ...more,
});
const resources = (item: readonly unknown[], position?: string): string => JSON.stringify({ item, position });
const orderResources = [
  { id: "r0", path: "/" },
  {
    id: "r1",
    parentId: "r0",
    pathPart: "orders",
    path: "/orders",
    resourceMethods: {
      POST: method({ methodIntegration: lambda(`${handler}:live`) }),
      GET: method({ methodIntegration: lambda(handler) }),
      PUT: method({ authorizationType: "AWS_IAM", methodIntegration: lambda(`${handler}-\${stageVariables.color}`) }),
      DELETE: method({ apiKeyRequired: true, methodIntegration: lambda(handler) }),
      OPTIONS: method({ methodIntegration: { type: "MOCK" } }),
    },
  },
];
const stages = (...item: readonly unknown[]): string => JSON.stringify({ item });
const live = {
  stageName: "live",
  accessLogSettings: {
    format: "$context.requestId",
    destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders",
  },
  methodSettings: { "*/*": { loggingLevel: "ERROR", metricsEnabled: true } },
  tracingEnabled: true,
  webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/0a1b",
};

const page = (item: readonly unknown[], position?: string): string => JSON.stringify({ item, position });
const error = (code: string, status: number) => ({ status, body: JSON.stringify({ __type: code, message: "No" }) });

const account = (apis: readonly unknown[], answers: Answers = {}) =>
  fakeAws({ GetRestApis: page(apis), GetResources: resources([]), GetStages: stages(), ...answers });

describe("apigateway.restApis", () => {
  it("reads an API, its methods and its stages", async ({ expect }) => {
    const aws = account([orders], {
      GetResources: resources(orderResources),
      GetStages: stages({ stageName: "test" }, live),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("a1b2c3d4e5"),
        arn: arn("a1b2c3d4e5"),
        name: "orders",
        state: "AVAILABLE",
        tags: { env: "prod" },
        createdAt: "2026-01-01T00:00:00.000Z",
        relations: [
          { kind: "forwardsTo", resourceType: "AWS::Lambda::Function", target: handler },
          { kind: "protectedBy", resourceType: "AWS::WAFv2::WebACL", target: live.webAclArn },
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders",
          },
        ],
        dnsNames: ["a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"],
        attributes: {
          apiId: "a1b2c3d4e5",
          endpointTypes: ["REGIONAL"],
          vpcEndpointIds: [],
          disableExecuteApiEndpoint: false,
          apiKeySource: "HEADER",
          securityPolicy: "TLS_1_2",
          policy: [
            expect.objectContaining({ effect: "Allow", principals: { AWS: ["*"] } }),
            expect.objectContaining({
              effect: "Deny",
              conditions: [{ operator: "NotIpAddress", key: "aws:SourceIp", values: ["198.51.100.0/24"] }],
            }),
          ],
          routeCount: 4,
          openRoutes: [
            { route: "GET /orders", integrationType: "AWS_PROXY" },
            { route: "POST /orders", integrationType: "AWS_PROXY" },
          ],
          stages: [
            {
              name: "live",
              accessLogDestinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders",
              loggingLevel: "ERROR",
              tracingEnabled: true,
              webAclArn: "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/shop/0a1b",
            },
            { name: "test", accessLogDestinationArn: null, loggingLevel: null, tracingEnabled: null, webAclArn: null },
          ],
        },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /restapis?limit=500",
      "eu-west-1 /restapis/a1b2c3d4e5/resources?embed=methods&limit=500",
      "eu-west-1 /restapis/a1b2c3d4e5/stages",
    ]);
  });

  it("says null for what an API does not have", async ({ expect }) => {
    const [found] = await allOf(collector, account([bare("plain")]));
    expect(found).toMatchObject({ state: null, tags: {}, createdAt: null, relations: [] });
    expect(found?.attributes).toEqual({
      apiId: "plain",
      endpointTypes: [],
      vpcEndpointIds: [],
      disableExecuteApiEndpoint: null,
      apiKeySource: null,
      securityPolicy: null,
      policy: null,
      routeCount: 0,
      openRoutes: [],
      stages: [],
    });
  });

  it("reads a policy that is not escaped, and takes none for one it cannot read", async ({ expect }) => {
    const aws = account([
      { ...bare("plain"), policy: JSON.stringify(policy) },
      { ...bare("odd"), policy: "{" },
    ]);
    expect((await allOf(collector, aws)).map(({ attributes }) => attributes.policy?.length)).toEqual([2, undefined]);
  });

  it("does not take what was denied or odd for nothing", async ({ expect }) => {
    const denied = fakeAws({ GetRestApis: page([orders]) });
    const [found] = await allOf(collector, denied);
    expect(found?.attributes).toMatchObject({ routeCount: undefined, openRoutes: undefined, stages: undefined });
    expect(denied.gaps.toSorted()).toEqual(["GetResources", "GetStages"]);
    const odd = account([orders], { GetResources: "{}", GetStages: "{}" });
    expect((await allOf(collector, odd))[0]?.attributes).toMatchObject({ openRoutes: undefined, stages: undefined });
    const circling = account([orders], { GetResources: resources(orderResources, "again") });
    expect((await allOf(collector, circling))[0]?.attributes).toMatchObject({ openRoutes: undefined, stages: [] });
  });

  it("goes through all APIs and all their resources", async ({ expect }) => {
    const one = (path: string) => ({ id: path, path, resourceMethods: { GET: method({}) } });
    const aws = account([], {
      GetRestApis: ({ position }) => (position === "p2" ? page([bare("c")]) : page([bare("a"), bare("b")], "p2")),
      GetResources: ({ position }) => (position === "r2" ? resources([one("/b")]) : resources([one("/a")], "r2")),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((all) => all.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(pages[1]?.[0]?.attributes.openRoutes?.map(({ route }) => route)).toEqual(["GET /a", "GET /b"]);
  });

  it("leaves out what is gone since it was listed", async ({ expect }) => {
    const gone = error("NotFoundException", 404);
    const aws = account([orders], { GetResources: gone, GetStages: gone });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without APIs, and fails as a whole when the list is denied", async ({ expect }) => {
    const aws = account([]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(['GetRestApis {"limit":500}']);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ GetRestApis: JSON.stringify({ _embedded: {} }) }))).rejects.toThrow();
  });
});
