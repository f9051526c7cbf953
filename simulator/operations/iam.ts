import { AwsError, escapeXml, queryAnswer } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { credentialReport } from "../credential-report.ts";
import { elements, inside, textOf } from "../fragments.ts";
import { indexOf, placeOf } from "../inventory.ts";
import { keysOfUser, kinds, withUserId } from "../kinds.ts";
import { windowOf, type Paging, type Window } from "../paging.ts";
import { isHidden, nowOf, present, presentOne, sliceOf, type Presented } from "../present.ts";
import { bodyOf } from "../recordings.ts";
import { compile, render, spotAt, type Template } from "../templates.ts";

/** Source: IAM API 2010-05-08. */
const paging: Paging = { token: "Marker", limit: "MaxItems", byDefault: 100, min: 1, max: 1000 };

const listed = (call: Call, element: string, members: readonly string[], { next }: Pick<Window, "next">): Response => {
  const marker = next === undefined ? "" : `<Marker>${next}</Marker>`;
  const end = `<IsTruncated>${next !== undefined}</IsTruncated>${marker}`;
  return queryAnswer("iam", call.action, `<${element}>${members.join("")}</${element}>${end}`);
};

/** A recorded result, as it was but for what changes. */
const recorded = (action: string): string => inside(bodyOf("iam", action), `${action}Result`);

const listServerCertificates: Operation = (call) => {
  const slice = sliceOf(call.account, "serverCertificate");
  const window = windowOf(call, slice.count, paging);
  const members = present(call.account, slice, window).map((one) => one.fragment);
  return listed(call, "ServerCertificateMetadataList", members, window);
};

const userNames = kinds.user.fragments.map(kinds.user.idOf);

/** The user a request names. Throws NoSuchEntity. */
function userOf(call: Call): Presented {
  const name = text(call, "UserName") ?? "";
  const slice = sliceOf(call.account, "user");
  for (const [template, stem] of userNames.entries()) {
    if (name !== stem && !name.startsWith(`${stem}-`)) continue;
    const copy = name === stem ? 0 : Number(name.slice(stem.length + 1));
    const one = presentOne(call.account, slice, indexOf(slice, template, copy) ?? -1);
    if (one?.id === name && !isHidden(call.account, name)) return one;
  }
  throw new AwsError("NoSuchEntity", 404, `The user with name ${escapeXml(name)} cannot be found.`);
}

/** A user has at most two keys, so there is one page. */
const listAccessKeys: Operation = (call) => {
  const { template, spot } = userOf(call);
  const members = (keysOfUser[template] ?? []).map((one) => render(one, spot));
  const shown = members.filter((one) => !isHidden(call.account, textOf(one, "AccessKeyId")));
  return listed(call, "AccessKeyMetadata", shown, { next: undefined });
};

/** moto shows the seed and the picture of the code, which IAM gives only to who creates a device. */
const virtualDevices = elements(inside(bodyOf("iam", "ListVirtualMFADevices"), "VirtualMFADevices"), "member").map(
  (member) =>
    withUserId(member)
      .replace(/<Base32StringSeed>.*<\/QRCodePNG>/s, "")
      .replace(/<Tags>.*<\/Tags>/s, ""),
);
const unassigned = virtualDevices.filter((member) => !member.includes("<User>")).map(compile);
const assigned: readonly (Template | undefined)[] = userNames.map((name) => {
  const device = virtualDevices.find((member) => member.includes(`<UserName>${name}<`));
  return device === undefined ? undefined : compile(device);
});

function assignedDevices({ account }: Call): (() => string)[] {
  const slice = sliceOf(account, "user");
  const devices: (() => string)[] = [];
  for (let index = 0; index < slice.count; index += 1) {
    const template = assigned[placeOf(slice, index).template];
    const user = template && presentOne(account, slice, index);
    if (user && !isHidden(account, user.id)) devices.push(() => render(template, user.spot));
  }
  return devices;
}

const listVirtualMfaDevices: Operation = (call) => {
  const status = text(call, "AssignmentStatus") ?? "Any";
  const epoch = Date.parse(call.account.settings.epoch);
  const spot = spotAt({ awsAccountId: call.account.id, region: "", copy: 0, epoch, now: epoch, revision: 0 });
  const spare = unassigned.map((template) => () => render(template, spot));
  const devices = [...(status === "Unassigned" ? [] : assignedDevices(call)), ...(status === "Assigned" ? [] : spare)];
  const window = windowOf(call, devices.length, paging);
  const members = devices.slice(window.from, window.to).map((member) => member());
  return listed(call, "VirtualMFADevices", members, window);
};

const accountSummary: Operation = (call) =>
  queryAnswer(
    "iam",
    call.action,
    recorded(call.action).replace(
      /(<key>Users<\/key><value>)\d+/,
      (_, before: string) => `${before}${sliceOf(call.account, "user").count}`,
    ),
  );

const passwordPolicy: Operation = (call) =>
  queryAnswer("iam", call.action, recorded(call.action).replace("<MaxPasswordAge>0</MaxPasswordAge>", ""));

const generateReport: Operation = (call) => queryAnswer("iam", call.action, "<State>COMPLETE</State>");

const getReport: Operation = ({ account, action }) => {
  const generated = new Date(nowOf(account)).toISOString().replace(".000Z", "Z");
  const content = `<Content>${btoa(credentialReport(account))}</Content>`;
  return queryAnswer(
    "iam",
    action,
    `${content}<ReportFormat>text/csv</ReportFormat><GeneratedTime>${generated}</GeneratedTime>`,
  );
};

export const iam: Readonly<Record<string, Operation>> = {
  GetAccountSummary: accountSummary,
  GetAccountPasswordPolicy: passwordPolicy,
  GenerateCredentialReport: generateReport,
  GetCredentialReport: getReport,
  ListAccessKeys: listAccessKeys,
  ListVirtualMFADevices: listVirtualMfaDevices,
  ListServerCertificates: listServerCertificates,
};
