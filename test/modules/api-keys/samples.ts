import { makeApiKey, type TestOrg } from "../../support/org.ts";
import type { Samples } from "../../support/samples.ts";

const anyKey = async (org: TestOrg) => ({ id: (await makeApiKey(org.id, { role: "viewer" })).id });

export const samples: Samples = {
  listApiKeys: {},
  createApiKey: { body: { name: "ci", role: "analyst" } },
  getApiKey: { params: anyKey },
  deleteApiKey: { params: anyKey },
  revokeApiKey: { params: anyKey },
  rotateApiKey: { params: anyKey, body: { graceHours: 1 } },
};
