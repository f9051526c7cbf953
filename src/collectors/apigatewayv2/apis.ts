import { z } from "zod";
import { aboutApis, isPreflight, logGroupsOf, type OpenRoute, type Stage } from "#collectors/api-routes";
import type { CollectContext, Collector, Found } from "#collectors/collector";
import { flag, instant, part, tagMap, text, texts } from "#collectors/json";
import { by } from "#collectors/order";
import { pagesAbout } from "#collectors/pages-about";
import { oneByOne } from "#collectors/read";

/** An HTTP or WebSocket API. */
export interface Api {
  readonly apiId: string;
  /** `HTTP` or `WEBSOCKET`. */
  readonly protocolType: string;
  readonly apiEndpoint: string | null;
  /** It answers under its own domain names only. */
  readonly disableExecuteApiEndpoint: boolean | null;
  readonly corsAllowOrigins: readonly string[];
  /** Its routes but `OPTIONS`. */
  readonly routeCount: number | undefined;
  /** Of a WebSocket API only `$connect` could ask for anything. */
  readonly openRoutes: readonly OpenRoute[] | undefined;
  readonly stages: readonly Stage[] | undefined;
}

const paging = { token: "nextToken", next: "nextToken" } as const;
const getApis = aboutApis("apigatewayv2", "GetApis", "/v2/apis", paging);
const getRoutes = aboutApis("apigatewayv2", "GetRoutes", "/v2/apis/{apiId}/routes", paging);
const getStages = aboutApis("apigatewayv2", "GetStages", "/v2/apis/{apiId}/stages", paging);
const gone = ["NotFoundException"] as const;

const ListedApi = z.object({
  apiId: z.string(),
  name: text,
  protocolType: z.string(),
  apiEndpoint: text,
  corsConfiguration: part({ allowOrigins: texts }),
  createdDate: instant,
  disableExecuteApiEndpoint: flag,
  tags: tagMap,
});
type ListedApi = z.infer<typeof ListedApi>;
const Page = z.object({ items: z.array(ListedApi) });

const pageOf = <Entry extends z.ZodType>(entry: Entry) =>
  z.object({ items: z.array(entry) }).transform(({ items }) => items as readonly z.output<Entry>[]);
const RoutesPage = pageOf(z.object({ routeKey: z.string(), authorizationType: text, apiKeyRequired: flag }));
const StagesPage = pageOf(
  z
    .object({
      stageName: z.string(),
      accessLogSettings: part({ destinationArn: text }),
      defaultRouteSettings: part({ loggingLevel: text }),
    })
    .transform((stage): Stage => ({
      name: stage.stageName,
      accessLogDestinationArn: stage.accessLogSettings.destinationArn,
      loggingLevel: stage.defaultRouteSettings.loggingLevel,
    })),
);

/**
 * Source: API Gateway API 2018-11-29, GetApis and, of each, GetRoutes and GetStages. AWS does not say how long a page may be,
 * so none is asked for.
 */
export const collector: Collector<Api, object, ListedApi> = {
  id: "apigatewayv2.apis",
  service: "apigatewayv2",
  resourceType: "AWS::ApiGatewayV2::Api",
  scope: "regional",
  actions: ["apigateway:GET"],
  async *list({ aws }) {
    for await (const page of aws.walk(getApis)) yield Page.parse(page).items;
  },
  describe: oneByOne(found),
};

/** null: it is gone since it was listed. */
async function found({ aws, place }: CollectContext, api: ListedApi): Promise<Found<Api> | null> {
  const { apiId } = api;
  const [routePages, stagePages] = await Promise.all([
    pagesAbout(aws, getRoutes, { apiId }, { page: RoutesPage, gone }),
    pagesAbout(aws, getStages, { apiId }, { page: StagesPage, gone }),
  ]);
  if (routePages === null || stagePages === null) return null;
  const routes = routePages?.flat().filter(({ routeKey }) => !isPreflight(routeKey));
  const stages = stagePages?.flat().toSorted(by(({ name }) => name));
  const arn = `arn:${place.partition}:apigateway:${place.region}::/apis/${api.apiId}`;
  return {
    nativeId: arn,
    arn,
    name: api.name,
    state: null,
    tags: api.tags,
    createdAt: api.createdDate,
    relations: logGroupsOf(stages ?? []),
    dnsNames: api.apiEndpoint ? [new URL(api.apiEndpoint).hostname] : [],
    attributes: {
      apiId: api.apiId,
      protocolType: api.protocolType,
      apiEndpoint: api.apiEndpoint,
      disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
      corsAllowOrigins: api.corsConfiguration.allowOrigins.toSorted(),
      routeCount: routes?.length,
      openRoutes: routes
        ?.filter(({ authorizationType, apiKeyRequired }) => authorizationType === "NONE" && apiKeyRequired !== true)
        .map(({ routeKey }) => ({ route: routeKey, integrationType: null }))
        .toSorted(by(({ route }) => route)),
      stages,
    },
  };
}
