import { AwsError, escapeXml, queryAnswer } from "../answers.ts";
import { text, type Operation } from "../calls.ts";
import { inside } from "../fragments.ts";
import { indexOf } from "../inventory.ts";
import { kinds, type KindName } from "../kinds.ts";
import { windowOf, type Paging } from "../paging.ts";
import { isHidden, present, presentOne, sliceOf } from "../present.ts";
import { bodyOf } from "../recordings.ts";

/** Source: RDS API 2014-10-31. */
const paging: Paging = { token: "Marker", limit: "MaxRecords", byDefault: 100, min: 20, max: 100 };

const list =
  (kind: KindName, element: string): Operation =>
  (call) => {
    const slice = sliceOf(call.account, kind, call.region);
    const window = windowOf(call, slice.count, paging);
    const items = present(call.account, slice, window).map((one) => one.fragment);
    const marker = window.next === undefined ? "" : `<Marker>${window.next}</Marker>`;
    return queryAnswer("rds", call.action, `<${element}>${items.join("")}</${element}>${marker}`);
  };

const snapshotIds = kinds.dbSnapshot.fragments.map(kinds.dbSnapshot.idOf);

/** A recorded name and the number of its copy. */
function taken(name: string): { readonly template: number; readonly copy: number } {
  const template = snapshotIds.indexOf(name);
  if (template >= 0) return { template, copy: 0 };
  const [, stem = "", copy = "-1"] = /^(.*)-([1-9]\d*)$/.exec(name) ?? [];
  return { template: snapshotIds.indexOf(stem), copy: Number(copy) };
}

/** Who may restore a snapshot, as it was recorded for the one it is a copy of. */
const describeSnapshotAttributes: Operation = (call) => {
  const name = text(call, "DBSnapshotIdentifier") ?? "";
  const slice = sliceOf(call.account, "dbSnapshot", call.region);
  const { template, copy } = taken(name);
  const one = presentOne(call.account, slice, indexOf(slice, template, copy) ?? -1);
  const recorded = snapshotIds[template];
  if (!one || recorded === undefined || isHidden(call.account, name)) {
    throw new AwsError("DBSnapshotNotFound", 404, `DBSnapshot ${escapeXml(name)} not found.`);
  }
  const body = inside(bodyOf("rds", call.action, recorded), "DescribeDBSnapshotAttributesResult");
  return queryAnswer("rds", call.action, body.replaceAll(`>${recorded}<`, `>${name}<`));
};

export const rds: Readonly<Record<string, Operation>> = {
  DescribeDBInstances: list("dbInstance", "DBInstances"),
  DescribeDBSnapshots: list("dbSnapshot", "DBSnapshots"),
  DescribeDBSnapshotAttributes: describeSnapshotAttributes,
};
