import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { at, insertRows, type Row } from "../findings/world.ts";

export async function anAlert(org: TestOrg, more: Row = {}): Promise<{ id: string }> {
  const id = newId();
  await insertRows("alerts", [
    {
      ...{ org_id: org.id, id, rule_id: newId(), rule_name: "Critical findings", group_key: "", status: "open" },
      ...{ severity: "critical", title: "Critical findings: 1 finding", summary: "1 finding.", items: "[]", total: 1 },
      ...{
        channels: "[]",
        run_id: null,
        told_at: at(1),
        messages: 1,
        version: 1,
        created_at: at(1),
        updated_at: at(1),
      },
      ...more,
    },
  ]);
  return { id };
}
const params = (org: TestOrg): Promise<{ id: string }> => anAlert(org);

export const samples: Samples = {
  listAlerts: { query: "status=all&severity=critical" },
  getAlert: { params },
  acknowledgeAlert: { params, body: { note: "Looking." } },
  resolveAlert: { params, body: {} },
};
