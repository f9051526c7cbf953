import type { PolicyStatement } from "#collectors/policy";

/** A policy's statement that allows everybody everything, and what is to be different about it. */
export const exampleStatement = (statement: Partial<PolicyStatement> = {}): PolicyStatement => ({
  sid: null,
  effect: "Allow",
  principals: { AWS: ["*"] },
  notPrincipals: {},
  actions: ["*"],
  notActions: [],
  resources: ["*"],
  notResources: [],
  conditions: [],
  ...statement,
});
