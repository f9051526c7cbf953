import type { Samples } from "../../support/samples.ts";
import type { TestOrg } from "../../support/org.ts";
import { accountRow, at, insertRows } from "../findings/world.ts";
import { endedScanRow } from "../scans/world.ts";

const framework = { title: "Ours", controls: [{ id: "1", title: "Keys change", checks: ["iam_key_old"] }] };

/** A framework of the organization's own. */
async function own(org: TestOrg): Promise<{ id: string }> {
  const id = `own_${crypto.randomUUID().slice(0, 8)}`;
  const controls = JSON.stringify([{ id: "1", title: "Keys change", checks: ["iam_key_old"] }]);
  const times = { created_at: at(0), updated_at: at(0) };
  await insertRows("custom_frameworks", [
    { org_id: org.id, id, title: "Ours", edition: null, controls, version: 1, ...times },
  ]);
  return { id };
}

async function ended(org: TestOrg): Promise<{ id: string }> {
  const row = { ...endedScanRow(org, accountRow(org.id, "123456789012"), 1), id: crypto.randomUUID() };
  await insertRows("scans", [row]);
  return { id: row.id };
}

export const samples: Samples = {
  listFrameworks: {},
  getFramework: { params: own },
  getComplianceScore: { query: "framework=soc2" },
  getComplianceHistory: { query: "days=7" },
  getScanCompliance: { params: ended },
  createFramework: { body: { id: "acme", ...framework } },
  replaceFramework: { params: own, body: framework },
  changeFramework: { params: own, body: { title: "Ours now" } },
  deleteFramework: { params: own },
  exportCompliance: {},
  importCompliance: { query: "dryRun=true", body: { frameworks: [{ id: "acme", ...framework }] } },
};
