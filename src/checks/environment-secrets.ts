import type { Severity } from "#checks/check";
import type { EnvironmentVariable } from "#collectors/environment";

export interface SecretParams {
  /**
   * A variable whose name has one of these in it is to hold a secret, in whatever case and with or without `_` and `-`. Forms
   * of tokens, and from when on a value counts as random, are the collectors': they keep no values.
   */
  readonly names: readonly string[];
}

/** `passwd`, `password`, `secret`, `token`, … */
export const secretParams: SecretParams = {
  names: ["passwd", "password", "secret", "token", "apikey", "privatekey", "credential"],
};

/** Variables that look like secrets: whatever holds a token, and what is named like a secret and looks random. */
export function secretsIn<Variable extends EnvironmentVariable>(
  variables: readonly Variable[],
  { names }: SecretParams,
): readonly Variable[] {
  const plain = (name: string): string => name.toLowerCase().replaceAll(/[_-]/g, "");
  const isNamed = ({ name }: Variable): boolean => names.some((word) => plain(name).includes(plain(word)));
  return variables.filter((one) => one.looksLike === "token" || (one.looksLike === "random" && isNamed(one)));
}

/** A token is one for certain; a random value under such a name very likely is. */
export const secretSeverity = (secrets: readonly EnvironmentVariable[]): Severity =>
  secrets.some(({ looksLike }) => looksLike === "token") ? "critical" : "high";
