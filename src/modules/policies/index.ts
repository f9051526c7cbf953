export { createPolicy } from "./create.ts";
export { inputOf as policyInputOf, NewPolicy, PolicyBody, policyBody, type PolicyInput } from "./shapes.ts";
