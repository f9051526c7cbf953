import { describe, it } from "vitest";
import { collector } from "#collectors/apigatewayv2/apis";
import { allOf, collect, fakeAws, type Answers } from "../../support/fake-aws.ts";

const arn = (id: string): string => `arn:aws:apigateway:eu-west-1::/apis/${id}`;

const orders = {
  apiEndpoint: "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
  apiId: "a1b2c3d4e5",
  apiKeySelectionExpression: "$request.header.x-api-key",
  corsConfiguration: { allowCredentials: false, allowMethods: ["*"], allowOrigins: ["https://shop.example", "*"] },
  createdDate: "2026-01-01T00:00:00Z",
  disableExecuteApiEndpoint: false,
  name: "orders",
  protocolType: "HTTP",
  routeSelectionExpression: "$request.method $request.path",
  tags: { env: "prod" },
};
const bare = (id: string) => ({ apiId: id, name: id, protocolType: "WEBSOCKET" });

const route = (routeKey: string, more: Readonly<Record<string, unknown>> = {}) => ({
  apiKeyRequired: false,
  authorizationType: "NONE",
  routeId: "r1",
  routeKey,
  target: "integrations/i1",
  ...more,
});
const page = (items: readonly unknown[], nextToken?: string): string => JSON.stringify({ items, nextToken });
const gone = { status: 404, body: JSON.stringify({ __type: "NotFoundException", message: "No" }) };

const account = (apis: readonly unknown[], answers: Answers = {}) =>
  fakeAws({ GetApis: page(apis), GetRoutes: page([]), GetStages: page([]), ...answers });

describe("apigatewayv2.apis", () => {
  it("reads an API, its routes and its stages", async ({ expect }) => {
    const aws = account([orders], {
      GetRoutes: page([
        route("GET /orders"),
        route("$default"),
        route("OPTIONS /{proxy+}"),
        route("POST /orders", { authorizationType: "JWT" }),
        route("PUT /orders", { apiKeyRequired: true }),
      ]),
      GetStages: page([
        { stageName: "test" },
        {
          stageName: "$default",
          accessLogSettings: {
            destinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders:*",
            format: "$context.requestId",
          },
          defaultRouteSettings: { detailedMetricsEnabled: false, loggingLevel: "INFO" },
        },
      ]),
    });
    expect(await allOf(collector, aws)).toEqual([
      {
        nativeId: arn("a1b2c3d4e5"),
        arn: arn("a1b2c3d4e5"),
        name: "orders",
        state: null,
        tags: { env: "prod" },
        createdAt: "2026-01-01T00:00:00.000Z",
        relations: [
          {
            kind: "logsTo",
            resourceType: "AWS::Logs::LogGroup",
            target: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders",
          },
        ],
        dnsNames: ["a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"],
        attributes: {
          apiId: "a1b2c3d4e5",
          protocolType: "HTTP",
          apiEndpoint: "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
          disableExecuteApiEndpoint: false,
          corsAllowOrigins: ["*", "https://shop.example"],
          routeCount: 4,
          openRoutes: [
            { route: "$default", integrationType: null },
            { route: "GET /orders", integrationType: null },
          ],
          stages: [
            {
              name: "$default",
              accessLogDestinationArn: "arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders:*",
              loggingLevel: "INFO",
            },
            { name: "test", accessLogDestinationArn: null, loggingLevel: null },
          ],
        },
      },
    ]);
    expect(aws.calls.map(({ request }) => request)).toEqual([
      "eu-west-1 /v2/apis",
      "eu-west-1 /v2/apis/a1b2c3d4e5/routes",
      "eu-west-1 /v2/apis/a1b2c3d4e5/stages",
    ]);
  });

  it("says null for what an API does not have", async ({ expect }) => {
    const [found] = await allOf(collector, account([bare("plain")]));
    expect(found).toMatchObject({ tags: {}, createdAt: null, relations: [], dnsNames: [] });
    expect(found?.attributes).toEqual({
      apiId: "plain",
      protocolType: "WEBSOCKET",
      apiEndpoint: null,
      disableExecuteApiEndpoint: null,
      corsAllowOrigins: [],
      routeCount: 0,
      openRoutes: [],
      stages: [],
    });
  });

  it("does not take what was denied or odd for nothing", async ({ expect }) => {
    const denied = fakeAws({ GetApis: page([orders]) });
    const [found] = await allOf(collector, denied);
    expect(found?.attributes).toMatchObject({ routeCount: undefined, openRoutes: undefined, stages: undefined });
    expect(denied.gaps.toSorted()).toEqual(["GetRoutes", "GetStages"]);
    const odd = account([orders], { GetRoutes: "{}", GetStages: "{}" });
    expect((await allOf(collector, odd))[0]?.attributes).toMatchObject({ openRoutes: undefined, stages: undefined });
  });

  it("goes through all APIs, all routes and all stages", async ({ expect }) => {
    const aws = account([], {
      GetApis: ({ nextToken }) => (nextToken === "t2" ? page([bare("c")]) : page([bare("a"), bare("b")], "t2")),
      GetRoutes: ({ nextToken }) => (nextToken === "r2" ? page([route("GET /b")]) : page([route("GET /a")], "r2")),
      GetStages: ({ nextToken }) =>
        nextToken === "s2" ? page([{ stageName: "b" }]) : page([{ stageName: "a" }], "s2"),
    });
    const pages = await collect(collector, aws);
    expect(pages.map((all) => all.map(({ name }) => name))).toEqual([["a", "b"], ["c"]]);
    expect(pages[1]?.[0]?.attributes).toMatchObject({ routeCount: 2, stages: [{ name: "a" }, { name: "b" }] });
  });

  it("leaves out what is gone since it was listed", async ({ expect }) => {
    const aws = account([orders], { GetRoutes: gone, GetStages: gone });
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.gaps).toEqual([]);
  });

  it("makes one call for a region without APIs, and fails as a whole when the list is denied", async ({ expect }) => {
    const aws = account([]);
    expect(await allOf(collector, aws)).toEqual([]);
    expect(aws.asked).toEqual(["GetApis"]);
    await expect(collect(collector, fakeAws({}))).rejects.toThrow("AccessDenied");
    await expect(collect(collector, fakeAws({ GetApis: "{}" }))).rejects.toThrow();
  });
});
