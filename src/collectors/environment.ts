import { by } from "./order.ts";

/** A variable that code is started with. Its value is looked at and let go: it is never kept. */
export interface EnvironmentVariable {
  readonly name: string;
  /**
   * What its value looks like. `token`: a credential whose form is known; `random`: eight or more characters too disordered
   * for words, and no address or reference; null: neither.
   */
  readonly looksLike: "token" | "random" | null;
}

/** Forms of credentials that little else has. */
const tokens: readonly RegExp[] = [
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /\bgh[oprsu]_[A-Za-z0-9]{36}/,
  /\bgithub_pat_[A-Za-z0-9_]{22}/,
  /\bglpat-[\w-]{20}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10}/,
  /\b[rs]k_live_[A-Za-z0-9]{16}/,
  /\bAIza[\w-]{35}/,
  /\bSG\.[\w-]{22}\.[\w-]{43}/,
  // An address with a user and a password in it.
  /[a-z]:\/\/[^\s/:@]*:[^\s/@]+@/i,
];

/** ARNs, addresses, names of parameters and CloudFormation's dynamic references. */
const reference = /^(?:arn:|\/|\{\{resolve:)|:\/\//;

const randomLengthMin = 8;
/** Bits per character: words stay below, generated passwords and keys lie above. */
const randomEntropyMin = 3.5;

/** Shannon entropy in bits per character. */
function entropyOf(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / value.length);
  return -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
}

function lookOf(value: string): EnvironmentVariable["looksLike"] {
  if (tokens.some((token) => token.test(value))) return "token";
  if (value.length < randomLengthMin || reference.test(value)) return null;
  return entropyOf(value) >= randomEntropyMin ? "random" : null;
}

/** Variables in the order of their names, without their values. */
export const environmentOf = (variables: Iterable<readonly [string, string]>): readonly EnvironmentVariable[] =>
  Array.from(variables, ([name, value]) => ({ name, looksLike: lookOf(value) })).toSorted(
    by((variable) => variable.name),
  );
