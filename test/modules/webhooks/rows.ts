import type { World } from "./world.ts";

export interface DeliveryRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly event_id: string;
  readonly status: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly lease_until: string | null;
  readonly delivered_at: string | null;
}

export interface AttemptRow {
  readonly number: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string | null;
}

export const deliveriesOf = (world: World) =>
  world.rows<DeliveryRow>("SELECT * FROM deliveries WHERE org_id = ?1 ORDER BY id");
export const attemptsOf = (world: World) =>
  world.rows<AttemptRow>("SELECT * FROM attempts WHERE org_id = ?1 ORDER BY delivery_id, number");

export const busyOf = async (world: World) =>
  (await world.rows<{ busy_until: string | null }>("SELECT busy_until FROM webhooks WHERE org_id = ?1")).map(
    (row) => row.busy_until,
  );

/** The one delivery of a world that has one. */
export async function onlyDelivery(world: World): Promise<DeliveryRow> {
  const [row, ...others] = await deliveriesOf(world);
  if (!row || others.length > 0) throw new Error("There is not exactly one delivery");
  return row;
}

export const message = (world: World, deliveryId: string) => ({ orgId: world.orgId, shard: 0, deliveryId });
