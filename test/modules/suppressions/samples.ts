import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

const body = { name: "Sandboxes", condition: { tags: { env: "sandbox" } }, reason: "They live for a day." };

async function anySuppression(org: TestOrg): Promise<{ id: string }> {
  const answer = await api(org.keys.admin).post<{ data: { id: string } }>("/suppressions", body);
  return { id: answer.body.data.id };
}

export const samples: Samples = {
  listSuppressions: {},
  createSuppression: { body },
  previewSuppression: { body: { condition: body.condition } },
  getSuppression: { params: anySuppression },
  replaceSuppression: { params: anySuppression, body },
  changeSuppression: { params: anySuppression, body: { reason: "Short-lived." } },
  deleteSuppression: { params: anySuppression },
};
