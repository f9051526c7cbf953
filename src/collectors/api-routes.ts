import type { Operation, Paging } from "#aws/caller";
import type { Relation } from "./collector.ts";
import { logsTo } from "./relations.ts";

/** A method or route that asks its caller neither who he is nor for an API key. */
export interface OpenRoute {
  /** `GET /orders`; of WebSocket APIs the key alone: `$connect`. */
  readonly route: string;
  /** What answers it: `MOCK`, `AWS_PROXY`, …; null: AWS does not say. */
  readonly integrationType: string | null;
}

/** What asks for nothing before a browser may ask for more. */
export const isPreflight = (route: string): boolean => route.startsWith("OPTIONS ");

export interface Stage {
  readonly name: string;
  /** null: calls are not logged. */
  readonly accessLogDestinationArn: string | null;
  /** `OFF`, `ERROR` or `INFO`, where nothing else is said of a route; null: not set. */
  readonly loggingLevel: string | null;
}

export const logGroupsOf = (stages: readonly Stage[]): readonly Relation[] =>
  logsTo(stages.map(({ accessLogDestinationArn: arn }) => (arn?.includes(":log-group:") ? arn : null)));

/** One IAM action is for all that is read. */
export const aboutApis = (
  service: "apigateway" | "apigatewayv2",
  action: string,
  path: string,
  paging?: Paging,
): Operation => ({ service, action, iam: "apigateway:GET", method: "GET", path, ...(paging && { paging }) });
