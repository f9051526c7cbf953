import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

export const ruleBody = {
  name: "Critical findings",
  condition: { kind: "findings", filter: { severity: ["critical"] } },
};

export const aRule = async (org: TestOrg, more: object = {}): Promise<{ id: string }> => {
  const made = await api(org.keys.admin).post<{ data: { id: string } }>("/alert-rules", { ...ruleBody, ...more });
  return { id: made.body.data.id };
};
const params = (org: TestOrg): Promise<{ id: string }> => aRule(org);

export const samples: Samples = {
  listAlertRules: {},
  createAlertRule: { body: ruleBody },
  previewNewAlertRule: { body: ruleBody },
  getAlertRule: { params },
  replaceAlertRule: { params, body: ruleBody },
  changeAlertRule: { params, body: { enabled: false } },
  deleteAlertRule: { params },
  previewAlertRule: { params },
};
