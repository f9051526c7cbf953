import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { accountRow, findingRow, insertRows } from "./world.ts";

async function anyFinding(org: TestOrg): Promise<{ id: string }> {
  const id = newId();
  await insertRows("findings", [
    await findingRow(org.id, accountRow(org.id, "123456789012"), 1, { id, status: "open" }),
  ]);
  return { id };
}

export const samples: Samples = {
  listFindings: {},
  getFindingStats: {},
  getFinding: { params: anyFinding },
  changeFinding: { params: anyFinding, body: { status: "ignored", ignoreReason: "On purpose." } },
  changeFindings: {
    body: async (org: TestOrg) => ({ ids: [(await anyFinding(org)).id], changes: { note: "Seen." } }),
  },
};
