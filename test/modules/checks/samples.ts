import type { Samples } from "../../support/samples.ts";

const common = { params: async () => ({ id: "orphaned_volume" }), isCommon: true };

export const samples: Samples = {
  listChecks: {},
  getCheck: common,
  changeCheck: { ...common, body: { params: { graceDays: 7 } } },
  replaceCheck: { ...common, body: { enabled: false } },
};
