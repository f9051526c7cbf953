import { newId } from "#lib/id";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";
import { at, insertRows } from "../findings/world.ts";

async function anyRecommendation(org: TestOrg): Promise<{ id: string }> {
  const id = newId();
  const counts = { low: 0, medium: 0, high: 1, critical: 0, exposed: 0, production: 1, savings: 0, savings_counted: 0 };
  await insertRows("recommendations", [
    {
      org_id: org.id,
      account_id: newId(),
      type: "iam_user_no_mfa",
      id,
      category: "security",
      ...counts,
      priority: 65,
      unranked: 0,
      version: 1,
      created_at: at(0),
      updated_at: at(0),
    },
  ]);
  return { id };
}

export const samples: Samples = {
  listRecommendations: {},
  getRecommendation: { params: anyRecommendation },
  decideRecommendation: { params: anyRecommendation, body: { status: "accepted" } },
};
