import { enabledRegionsActions } from "#aws/enabled-regions";
import { collectors } from "#collectors/registry";
import type { PolicyDocument } from "#modules/accounts";

/** Characters of one managed policy, white space apart. Source: IAM user guide, "IAM and AWS STS quotas". */
const charactersMax = 6_144;

/** Every IAM action a scan makes use of, sorted: what the collectors declare, and the list of regions it begins with. */
export const neededActions: readonly string[] = [
  ...new Set([
    ...Object.values(collectors).flatMap(({ actions }): readonly string[] => actions),
    ...enabledRegionsActions,
  ]),
].toSorted();

interface Statement extends Readonly<Record<string, unknown>> {
  readonly Action: readonly string[];
}

/** These actions and nothing else, one statement a service, in as many managed policies as their size demands. */
export function readPolicies(actions: readonly string[], max = charactersMax): readonly PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements(actions, max)) {
    const last = documents.at(-1);
    if (last && sizeOf([...last, statement]) <= max) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map(policyOf);
}

const policyOf = (statements: readonly Statement[]): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: statements,
});

const sizeOf = (statements: readonly Statement[]): number => JSON.stringify(policyOf(statements)).length;

/** One for each service; several where one alone would not fit into a policy. */
function statements(actions: readonly string[], max: number): Statement[] {
  const services = Map.groupBy(actions, (action) => action.slice(0, action.indexOf(":")));
  return [...services].flatMap(([service, own]) => chunks(service, own, max));
}

function chunks(service: string, actions: readonly string[], max: number): Statement[] {
  const found: string[][] = [];
  for (const action of actions) {
    const last = found.at(-1);
    if (last && sizeOf([statementOf(service, [...last, action], found.length)]) <= max) last.push(action);
    else found.push([action]);
  }
  return found.map((own, at) => statementOf(service, own, at));
}

/** A `Sid` takes letters and digits, and is unique within a policy. */
function statementOf(service: string, actions: readonly string[], at: number): Statement {
  const words = service.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { Sid: `Read${words.join("")}${at === 0 ? "" : at + 1}`, Effect: "Allow", Action: actions, Resource: "*" };
}
