import type { FoundBy } from "#collectors/registry";

export type Apis = "apigateway.restApis" | "apigatewayv2.apis";
type Attributes = FoundBy<Apis>["attributes"];
type RestApi = FoundBy<"apigateway.restApis">["attributes"];

/** A REST API; else an HTTP or a WebSocket API. */
export const isRest = (api: Attributes): api is RestApi => "endpointTypes" in api;
export const serviceOf = (api: Attributes) => (isRest(api) ? "apigateway" : "apigatewayv2");
