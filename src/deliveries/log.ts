import { and, asc, eq, gte, lt, sql, type InferSelectModel } from "drizzle-orm";
import type { OrgContext } from "#db/context";
import { listRows } from "#db/list";
import type { Page, PageRequest } from "#db/page";
import { attempts, deliveries, type DeliveryStatus } from "#db/schema";
import { notFound } from "#lib/fault";
import { uuid7Time } from "#lib/id";
import type { Receivers } from "./receiver.ts";

export type Delivery = InferSelectModel<typeof deliveries>;
export type Attempt = InferSelectModel<typeof attempts>;

export interface DeliveryFilters {
  readonly status?: readonly DeliveryStatus[] | undefined;
  readonly event?: readonly string[] | undefined;
  /** When the delivery was made: from then on, and before. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface DeliveryDetail {
  readonly delivery: Delivery;
  /** In their order. */
  readonly attempts: readonly Attempt[];
}

/** A page of what was told to a webhook, the newest first. Fault: RESOURCE_NOT_FOUND when there is no such webhook. */
export async function listDeliveries(
  org: OrgContext,
  webhookId: string,
  page: PageRequest,
  { status, event, since, until }: DeliveryFilters,
  receivers: Receivers,
): Promise<Page<Delivery>> {
  const filters = [
    ...(status ? [{ column: deliveries.status, values: status }] : []),
    ...(event ? [{ column: deliveries.event, values: event }] : []),
  ];
  const order = [{ column: deliveries.id, descending: true }];
  // Told that few rows are this webhook's, the planner follows its index rather than the whole organization's deliveries.
  // Ids begin with their time, so that a span of time is a span of the index.
  const conditions = [
    sql`unlikely(${deliveries.webhookId} = ${webhookId})`,
    ...(since === undefined ? [] : [gte(deliveries.id, uuid7Time(new Date(since)))]),
    ...(until === undefined ? [] : [lt(deliveries.id, uuid7Time(new Date(until)))]),
  ];
  const found = await listRows(org, { table: deliveries, page, order, filters, conditions }, [
    receivers.statement(org, webhookId),
  ]);
  receivers.require(found.extra[0]);
  return found;
}

/** One delivery with its attempts. Fault: RESOURCE_NOT_FOUND, also when it is another webhook's. */
export async function getDelivery(
  org: OrgContext,
  webhookId: string,
  deliveryId: string,
  receivers: Receivers,
): Promise<DeliveryDetail> {
  const [receiver, found, made] = await org.db.atomic([
    receivers.statement(org, webhookId),
    org.db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.orgId, org.id), eq(deliveries.id, deliveryId), eq(deliveries.webhookId, webhookId))),
    org.db
      .select()
      .from(attempts)
      .where(and(eq(attempts.orgId, org.id), eq(attempts.deliveryId, deliveryId)))
      .orderBy(asc(attempts.number)),
  ]);
  receivers.require(receiver);
  // safe: the selects answer rows of their tables.
  const [delivery] = found as Delivery[];
  if (!delivery) throw notFound("delivery");
  return { delivery, attempts: made as Attempt[] };
}
