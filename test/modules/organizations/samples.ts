import type { Samples } from "../../support/samples.ts";

export const samples: Samples = {
  getOrganization: {},
  getSettings: {},
  changeSettings: { body: { retentionDays: { attempts: 10 } } },
};
