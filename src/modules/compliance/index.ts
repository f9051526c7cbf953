export { knownFrameworks, namedFrameworks, scoredFramework, type ScoredFramework } from "./score.ts";
export { ownIn, ownStatements } from "./standing.ts";
