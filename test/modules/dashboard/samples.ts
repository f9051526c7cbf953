import type { Samples } from "../../support/samples.ts";

export const samples: Samples = {
  getDashboardOverview: {},
  getDashboardTrend: { query: "metric=open_findings&interval=week&severity=critical,high" },
};
