export { aboutRule } from "./about.ts";
export { createRule, insertRule, newRule } from "./create.ts";
export { replaceRule } from "./change.ts";
export { listRules } from "./list.ts";
export { resolveEndedRules } from "./resolve.ts";
export { rulesMax, type Rule } from "./rule.ts";
export { inputOf, NewRule, RuleBody, ruleBody, type RuleInput } from "./shapes.ts";
