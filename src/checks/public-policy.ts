import type { PolicyStatement } from "#collectors/policy";

type Policy = readonly PolicyStatement[] | null;
type Condition = PolicyStatement["conditions"][number];

/** What one Allow statement of a resource's policy (a bucket's, key's, queue's, role's trust) lets somebody do. */
export interface Grant {
  readonly statement: PolicyStatement;
  /** As written, without those that Deny statements take back from everybody; `*` where it names `notActions`. */
  readonly actions: readonly string[];
  /** The Deny statements that hold of the same resources and of everybody meant here. */
  readonly refusals: readonly PolicyStatement[];
}

/**
 * What a policy lets anybody do: Allow to everyone (`Principal: "*"`, or `NotPrincipal`) that neither its own conditions nor
 * a Deny statement limit to known accounts, organizations, VPCs, sources or addresses. Empty: it is not public.
 */
export const publicGrants = (policy: Policy): readonly Grant[] =>
  grantsIn(policy, refusesStrangers).filter(({ statement }) => isToEveryone(statement) && !isLimited(statement));

/**
 * What a policy lets accounts other than the resource's own do, account by account: those its principals name, and for
 * everyone those its conditions do. Ids of principals that are gone, and S3's canonical users, tell no account.
 */
export const accountGrants = (policy: Policy, ownAccount: string): readonly (Grant & { readonly account: string })[] =>
  grantsIn(policy, refusesAll).flatMap((grant) =>
    accountsIn(grant.statement)
      .filter((account) => account !== ownAccount)
      .map((account) => ({ ...grant, account })),
  );

/**
 * What a policy lets services of AWS do on behalf of any customer of theirs (the confused deputy): no condition says whose
 * resource they have to come from.
 */
export const serviceGrants = (policy: Policy): readonly (Grant & { readonly services: readonly string[] })[] =>
  grantsIn(policy, refusesStrangers).flatMap((grant) => {
    const services = grant.statement.principals["Service"] ?? [];
    return services.length > 0 && !isLimited(grant.statement) ? [{ ...grant, services }] : [];
  });

/** Whether a grant holds of one action, named in full: `sqs:ReceiveMessage`. */
export const allows = ({ statement, refusals }: Grant, action: string): boolean =>
  covers(statement, action) && !refusals.some((refusal) => covers(refusal, action));

/** What some grants allow: each action once, sorted. For a finding's details. */
export const actionsOf = (grants: readonly Grant[]): readonly string[] =>
  [...new Set(grants.flatMap(({ actions }) => actions))].toSorted();

/** Whether a statement names an action, or has a pattern for it; `action` may itself be a pattern. Case has no meaning. */
export function covers({ actions, notActions }: PolicyStatement, action: string): boolean {
  const isIn = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return isIn(actions) || (notActions.length > 0 && !/[*?]/.test(action) && !isIn(notActions));
}

/** `*` stands for any run, `?` for one character. Takes at most pattern × text steps, whatever the pattern. */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let index = 0; index < text.length;) {
    if (pattern[at] === "*") {
      star = at++;
      retry = index;
    } else if (pattern[at] === "?" || pattern[at] === text[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

export const isToEveryone = ({ principals, notPrincipals }: PolicyStatement): boolean =>
  Object.keys(notPrincipals).length > 0 || ["AWS", "*"].some((kind) => principals[kind]?.includes("*"));

/** Whether some condition of a statement lets in only known accounts, organizations, VPCs, sources or addresses. */
export const isLimited = ({ conditions }: PolicyStatement): boolean => conditions.some(limits);

/** The Allow statements with what is left of their actions. */
function grantsIn(policy: Policy, refuses: (statement: PolicyStatement) => boolean): readonly Grant[] {
  const denials = (policy ?? []).filter(
    (statement) => statement.effect === "Deny" && isToEveryone(statement) && refuses(statement),
  );
  return (policy ?? [])
    .filter(({ effect }) => effect === "Allow")
    .map((statement) => {
      const refusals = denials.filter((denial) => isOfSameResources(denial, statement));
      const actions = statement.actions.length > 0 ? statement.actions : ["*"];
      return { statement, refusals, actions: actions.filter((action) => !refusals.some((one) => takes(one, action))) };
    })
    .filter(({ actions }) => actions.length > 0);
}

/** `s3:*` takes back everything there is in a bucket's policy, also what an Allow calls `*`. */
const takes = (denial: PolicyStatement, action: string): boolean =>
  covers(denial, action) || (action === "*" && denial.actions.some((one) => /^[^:*]+:\*$/.test(one)));

/** A role's trust policy names no resources at all. */
const isOfSameResources = (denial: PolicyStatement, { resources, notResources }: PolicyStatement): boolean =>
  (notResources.length > 0 ? ["*"] : resources).every((one) => denial.resources.some((all) => matches(all, one)));

const refusesAll = ({ conditions, notPrincipals }: PolicyStatement): boolean =>
  conditions.length === 0 && Object.keys(notPrincipals).length === 0;

/** Whoever escapes such a Deny statement is known, or a service of AWS. */
const refusesStrangers = ({ conditions }: PolicyStatement): boolean =>
  conditions.every((condition) => {
    const { operator, key } = lower(condition);
    const isService = key === "aws:principalisawsservice" || key === "aws:viaawsservice";
    if (isService)
      return /^bool(ifexists)?$/.test(operator) && condition.values.every((value) => /^false$/i.test(value));
    return negative.test(operator) && isKnown(condition);
  });

/** Operators that hold only where the key is there and has one of the values. */
const positive = /^(foranyvalue:)?(string(equals|equalsignorecase|like)|arn(equals|like)|ipaddress|bool)$/;
/** Those that hold wherever it is not there, or has none of them. */
const negative =
  /^(forallvalues:)?(stringnot(equals|equalsignorecase|like)|arnnot(equals|like)|notipaddress)(ifexists)?$/;

const lower = ({ operator, key }: Condition) => ({ operator: operator.toLowerCase(), key: key.toLowerCase() });
const limits = (condition: Condition): boolean => positive.test(lower(condition).operator) && isKnown(condition);

const account = /^\d{12}$/;
/** With the account; a bucket's ARN has none, but no other bucket has its name. */
const arn = /^arn:[^:]*:([^:]*:[^:]*:\d{12}:|s3:[^:]*:[^:]*:[^*?$:/]+(\/|$))/;
const organization = /^o-[a-z0-9]+(\/|$)/;
const fixed = /^[^*?$]+$/;
/**
 * Keys that say who asks, or from where, in a way nobody can choose for themselves, and the values that mean somebody known.
 * Sources: IAM User Guide, "AWS global condition context keys"; of addresses and of what is public S3 User Guide, "The meaning
 * of 'public'".
 */
const known: Readonly<Record<string, RegExp>> = {
  "aws:principalaccount": account,
  "aws:sourceaccount": account,
  "aws:sourceowner": account,
  "aws:vpceaccount": account,
  "kms:calleraccount": account,
  "s3:dataaccesspointaccount": account,
  "aws:principalarn": arn,
  "aws:sourcearn": arn,
  "aws:sourcevpcarn": arn,
  "elasticfilesystem:accesspointarn": arn,
  "s3:dataaccesspointarn": arn,
  "aws:principalorgid": organization,
  "aws:principalorgpaths": organization,
  "aws:sourceorgid": organization,
  "aws:sourceorgpaths": organization,
  "aws:vpceorgid": organization,
  "aws:vpceorgpaths": organization,
  "aws:principalservicename": fixed,
  "aws:sourcevpc": fixed,
  "aws:sourcevpce": fixed,
  /** `AROA…:session`: ids are unique in the world. */
  "aws:userid": /^\w{12,}(:|$)/,
  "aws:sourceip": /^([\d.]+(\/([89]|[12]\d|3[0-2]))?|[\da-f]*:[\da-f:.]*(\/(3[2-9]|[4-9]\d|1[0-2]\d))?)$/i,
  "elasticfilesystem:accessedviamounttarget": /^true$/i,
};

const isKnown = (condition: Condition): boolean => {
  const form = known[lower(condition).key];
  return form !== undefined && condition.values.every((value) => form.test(asOwn(value)));
};

/** Variables that stand for the resource's own account and organization. */
const asOwn = (value: string): string =>
  value.replaceAll(/\$\{aws:resourceaccount\}/gi, "000000000000").replaceAll(/\$\{aws:resourceorgid\}/gi, "o-own");

/** The account of a principal or ARN; null: it names none. */
export const accountOf = (name: string): string | null =>
  /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(name)?.[1] ?? null;

function accountsIn(statement: PolicyStatement): readonly string[] {
  const named = isToEveryone(statement)
    ? statement.conditions.filter(limits).flatMap(({ values }) => values)
    : (statement.principals["AWS"] ?? []);
  return [...new Set(named.map(accountOf))].filter((one) => one !== null).toSorted();
}
