import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import { systemContext } from "#db/context";
import { withEffects } from "#db/finding-effects";
import { derive, keptAndDerived } from "../modules/findings/derived.ts";
import { accountRow, findingRow, insertRows, quietOrg } from "../modules/findings/world.ts";

describe("what follows from findings", () => {
  it.for([1, 5, 60])(
    "is kept at a cost that follows what is touched, with %i findings of a resource",
    async (per, { expect }) => {
      const org = await quietOrg();
      const account = accountRow(org.id, "111111111111");
      const resource = (n: number): string =>
        `00000000-0000-8000-8000-${String(Math.floor(n / per)).padStart(12, "0")}`;
      const numbers = Array.from({ length: 3_000 }, (_, n) => n);
      const rows = await Promise.all(
        numbers.map((n) => findingRow(org.id, account, n, { status: "open", resource_id: resource(n) })),
      );
      await insertRows("findings", rows);
      await derive(org.id);
      const idsJson = JSON.stringify(rows.slice(0, 300).map(({ id }) => id));
      const context = systemContext(env, { orgId: org.id, shard: 0 }, new Date(), () => undefined);
      const ignore = context.db.sql(
        "UPDATE findings SET status = 'ignored' WHERE org_id = ?1 AND id IN (SELECT value FROM json_each(?2))",
        org.id,
        idsJson,
      );
      await context.db.atomic(withEffects(context, { ids: JSON.parse(idsJson) as string[] }, [ignore]));
      expect(context.db.meter.rowsRead).toBeLessThanOrEqual(300 * 110);
      const { kept, derived } = await keptAndDerived(org.id);
      expect(kept).toEqual(derived);
    },
  );
});
