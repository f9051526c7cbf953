import { api } from "../../support/api.ts";
import type { TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

export const ruleBody = {
  name: "Volumes are encrypted",
  severity: "high",
  resourceTypes: ["AWS::EC2::Volume"],
  condition: { field: "attributes.encrypted", operator: "equals", value: false },
};

const aRule = async (org: TestOrg): Promise<{ id: string }> => {
  const made = await api(org.keys.admin).post<{ data: { id: string } }>("/compliance/rules", ruleBody);
  return { id: made.body.data.id };
};

export const samples: Samples = {
  listRules: { query: "enabled=true&severity=high" },
  createRule: { body: ruleBody },
  previewRule: { body: ruleBody },
  getRule: { params: aRule },
  replaceRule: { params: aRule, body: ruleBody },
  changeRule: { params: aRule, body: { enabled: false } },
  deleteRule: { params: aRule },
  previewStoredRule: { params: aRule },
};
