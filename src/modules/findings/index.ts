export { findingOf, type Finding, type FindingRow } from "./finding.ts";
export { findingBody, FindingBody } from "./shapes.ts";
