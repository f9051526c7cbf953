import { z } from "zod";
import { aboutApis, isPreflight, logGroupsOf, type OpenRoute, type Stage } from "#collectors/api-routes";
import type { CollectContext, Collector, Found, Place, Relation } from "#collectors/collector";
import { flag, instant, part, tagMap, text, texts } from "#collectors/json";
import { by } from "#collectors/order";
import { pagesAbout } from "#collectors/pages-about";
import { policyOf, type PolicyStatement } from "#collectors/policy";
import { oneByOne } from "#collectors/read";
import { related } from "#collectors/relations";

export interface RestApi {
  readonly apiId: string;
  /** `EDGE`, `REGIONAL` or `PRIVATE`. */
  readonly endpointTypes: readonly string[];
  readonly vpcEndpointIds: readonly string[];
  /** It answers under its own domain names only. */
  readonly disableExecuteApiEndpoint: boolean | null;
  /** `HEADER` or `AUTHORIZER`. */
  readonly apiKeySource: string | null;
  /** Which TLS it speaks at the least: `TLS_1_2`, …; null: AWS does not say. */
  readonly securityPolicy: string | null;
  /** The statements of its policy; null when it has none. */
  readonly policy: readonly PolicyStatement[] | null | undefined;
  /** Its methods but `OPTIONS`. */
  readonly routeCount: number | undefined;
  readonly openRoutes: readonly OpenRoute[] | undefined;
  readonly stages: readonly RestStage[] | undefined;
}

export interface RestStage extends Stage {
  readonly tracingEnabled: boolean | null;
  readonly webAclArn: string | null;
}

const paging = { token: "position", next: "position", limit: ["limit", 500] } as const;
const getRestApis = aboutApis("apigateway", "GetRestApis", "/restapis", paging);
const getResources = aboutApis("apigateway", "GetResources", "/restapis/{restapi_id}/resources", paging);
const getStages = aboutApis("apigateway", "GetStages", "/restapis/{restapi_id}/stages");
const gone = ["NotFoundException"] as const;

const ListedApi = z.object({
  id: z.string(),
  name: text,
  createdDate: instant,
  apiKeySource: text,
  endpointConfiguration: part({ types: texts, vpcEndpointIds: texts }),
  policy: text,
  tags: tagMap,
  disableExecuteApiEndpoint: flag,
  securityPolicy: text,
  apiStatus: text,
});
type ListedApi = z.infer<typeof ListedApi>;
const Page = z.object({ item: z.array(ListedApi) });

const Method = z.object({
  authorizationType: text,
  apiKeyRequired: flag,
  methodIntegration: part({ type: text, uri: text }),
});
const ResourcesPage = z
  .object({
    item: z.array(z.object({ path: z.string(), resourceMethods: z.record(z.string(), Method).nullish() })),
  })
  .transform(({ item }) =>
    item.flatMap(({ path, resourceMethods }) =>
      Object.entries(resourceMethods ?? {}).map(([verb, method]) => ({ route: `${verb} ${path}`, ...method })),
    ),
  );
type Method = z.infer<typeof ResourcesPage>[number];

const Stages = z.object({
  item: z.array(
    z
      .object({
        stageName: z.string(),
        accessLogSettings: part({ destinationArn: text }),
        methodSettings: z.record(z.string(), z.object({ loggingLevel: text })).nullish(),
        tracingEnabled: flag,
        webAclArn: text,
      })
      .transform((stage): RestStage => ({
        name: stage.stageName,
        accessLogDestinationArn: stage.accessLogSettings.destinationArn,
        loggingLevel: stage.methodSettings?.["*/*"]?.loggingLevel ?? null,
        tracingEnabled: stage.tracingEnabled,
        webAclArn: stage.webAclArn,
      })),
  ),
});

/**
 * Source: API Gateway API 2015-07-09, GetRestApis (500 per page) and, of each, GetResources with its methods (500 per page)
 * and GetStages.
 */
export const collector: Collector<RestApi, object, ListedApi> = {
  id: "apigateway.restApis",
  service: "apigateway",
  resourceType: "AWS::ApiGateway::RestApi",
  scope: "regional",
  actions: ["apigateway:GET"],
  async *list({ aws }) {
    for await (const page of aws.walk(getRestApis)) yield Page.parse(page).item;
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, api: ListedApi): Promise<Found<RestApi> | null> {
  const restapi_id = api.id;
  const [pages, stagesAnswer] = await Promise.all([
    pagesAbout(aws, getResources, { restapi_id, embed: "methods" }, { page: ResourcesPage, gone }),
    aws.attempt(getStages, { restapi_id }, gone),
  ]);
  if (pages === null || stagesAnswer === null) return null;
  const methods = pages?.flat();
  const stages = Stages.safeParse(stagesAnswer).data?.item.toSorted(by(({ name }) => name));
  const arn = `arn:${place.partition}:apigateway:${place.region}::/restapis/${api.id}`;
  return {
    nativeId: arn,
    arn,
    name: api.name,
    state: api.apiStatus,
    tags: api.tags,
    createdAt: api.createdDate,
    relations: relationsOf(methods ?? [], stages ?? []),
    dnsNames: [hostOf(api.id, place)],
    attributes: {
      apiId: api.id,
      endpointTypes: api.endpointConfiguration.types.toSorted(),
      vpcEndpointIds: api.endpointConfiguration.vpcEndpointIds.toSorted(),
      disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
      apiKeySource: api.apiKeySource,
      securityPolicy: api.securityPolicy,
      policy: policyOf(api.policy && unescaped(api.policy)),
      routeCount: methods?.filter(({ route }) => !isPreflight(route)).length,
      openRoutes: methods && openRoutesOf(methods),
      stages,
    },
  };
}

const hostOf = (id: string, { partition, region }: Place): string =>
  `${id}.execute-api.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`;

/** API Gateway escapes a policy's quotes once more than the answer it stands in needs. */
function unescaped(policy: string): string {
  try {
    return z.string().parse(JSON.parse(`"${policy}"`));
  } catch {
    return policy;
  }
}

const openRoutesOf = (methods: readonly Method[]): readonly OpenRoute[] =>
  methods
    .filter(({ route, authorizationType, apiKeyRequired }) => {
      return authorizationType === "NONE" && apiKeyRequired !== true && !isPreflight(route);
    })
    .map(({ route, methodIntegration }) => ({ route, integrationType: methodIntegration.type }))
    .toSorted(by(({ route }) => route));

/** The function an integration calls, without its version or alias. */
const functionInUri = /:lambda:path\/[^/]+\/functions\/(?<arn>arn:[^/]*:function:[^/:$]+)(?::[^/]+)?\/invocations$/;

function relationsOf(methods: readonly Method[], stages: readonly RestStage[]): readonly Relation[] {
  const functions = methods.map(({ methodIntegration }) => functionInUri.exec(methodIntegration.uri ?? "")?.groups);
  return [
    ...related(
      "forwardsTo",
      "AWS::Lambda::Function",
      functions.map((groups) => groups?.["arn"]),
    ),
    ...related(
      "protectedBy",
      "AWS::WAFv2::WebACL",
      stages.map(({ webAclArn: arn }) => (arn?.includes(":wafv2:") ? arn : null)),
    ),
    ...logGroupsOf(stages),
  ];
}
