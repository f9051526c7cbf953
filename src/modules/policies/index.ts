export { createPolicy } from "./create.ts";
export {
  ConditionResultBody,
  inputOf as policyInputOf,
  NewPolicy,
  PolicyBody,
  policyBody,
  type PolicyInput,
} from "./shapes.ts";
