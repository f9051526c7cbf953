import { AwsError, json } from "../answers.ts";
import { text, type Call, type Operation } from "../calls.ts";
import { indexOf, type Slice } from "../inventory.ts";
import { certificateDetails, isInUse, kinds } from "../kinds.ts";
import { windowOf, type Paging } from "../paging.ts";
import { isHidden, present, presentOne, sliceOf, type Presented } from "../present.ts";
import { compile, render, type Template } from "../templates.ts";
import { bodyOf, recordingsOf } from "../recordings.ts";

/** Source: ACM API 2015-12-08. */
const paging: Paging = { token: "NextToken", limit: "MaxItems", byDefault: 100, min: 1, max: 1000 };

const byDefault: readonly unknown[] = ["RSA_1024", "RSA_2048"];

/** Which key types are listed; unless asked for, only RSA 1024 and 2048. */
function keyTypesOf({ input }: Call): readonly unknown[] {
  const includes = input["Includes"];
  const asked =
    typeof includes === "object" && includes !== null && "keyTypes" in includes ? includes.keyTypes : undefined;
  return Array.isArray(asked) ? asked : byDefault;
}

const keyTypeOf = (fragment: string): string =>
  (/"KeyAlgorithm": ?"([^"]+)"/.exec(fragment)?.[1] ?? "").replaceAll("-", "_");

const listCertificates: Operation = (call) => {
  const slice = sliceOf(call.account, "certificate", call.region);
  const window = windowOf(call, slice.count, paging);
  const types = keyTypesOf(call);
  const shown = present(call.account, slice, window).filter((one) => types.includes(keyTypeOf(one.fragment)));
  const list: unknown = JSON.parse(`[${shown.map((one) => one.fragment).join(",")}]`);
  return json({ CertificateSummaryList: list, ...(window.next !== undefined && { NextToken: window.next }) });
};

const arns = kinds.certificate.fragments.map(kinds.certificate.idOf);
const details: readonly (Template | undefined)[] = arns.map((arn) => {
  const detail = certificateDetails.find((one) => one.includes(arn));
  return detail === undefined ? undefined : compile(detail);
});

/** The copy an ARN names: its last seven digits, unless it is the recorded one itself. */
function found(call: Call, slice: Slice, arn: string): Presented | undefined {
  const copies = [0, Number.parseInt(arn.slice(-7), 16)];
  for (let template = 0; template < arns.length; template += 1) {
    for (const copy of copies) {
      const one = presentOne(call.account, slice, indexOf(slice, template, copy) ?? -1);
      if (one?.id === arn) return one;
    }
  }
  return undefined;
}

function certificateOf(call: Call): Presented {
  const arn = text(call, "CertificateArn") ?? "";
  const one = found(call, sliceOf(call.account, "certificate", call.region), arn);
  if (one && !isHidden(call.account, arn)) return one;
  throw new AwsError("ResourceNotFoundException", 400, `Could not find certificate ${arn}.`);
}

const describeCertificate: Operation = (call) => {
  const { template, spot } = certificateOf(call);
  const answer = JSON.parse(render(details[template] ?? [], spot)) as { Certificate: { DomainName: string } };
  const { id, settings } = call.account;
  const listener = `arn:aws:elasticloadbalancing:${call.region}:${id}:loadbalancer/app/web/50dc6c495c0c9188`;
  if (settings && isInUse(answer.Certificate.DomainName))
    return json({ Certificate: { ...answer.Certificate, InUseBy: [listener] } });
  return json(answer);
};

/** Tags were recorded under the name of the certificate's case; the detail of the same case has its ARN. */
const listTags: Operation = (call) => {
  const { template } = certificateOf(call);
  const recorded = recordingsOf("acm", "DescribeCertificate").find((one) => one.body.includes(arns[template] ?? " "));
  const tags: unknown = JSON.parse(bodyOf("acm", call.action, recorded?.case ?? "") || '{"Tags":[]}');
  return json(tags);
};

export const acm: Readonly<Record<string, Operation>> = {
  ListCertificates: listCertificates,
  DescribeCertificate: describeCertificate,
  ListTagsForCertificate: listTags,
};
