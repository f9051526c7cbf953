import type { Account } from "./accounts.ts";
import { inside, textOf } from "./fragments.ts";
import { keysOfUser, kinds } from "./kinds.ts";
import { isHidden, nowOf, present, sliceOf, type Presented } from "./present.ts";
import { bodyOf } from "./recordings.ts";
import { render, shifted, usedLately } from "./templates.ts";

const [header = "", ...recordedRows] = atob(
  inside(bodyOf("iam", "GetCredentialReport"), "Content").replaceAll(/\s/g, ""),
)
  .trim()
  .split(/\r?\n/);
const columns = header.split(",");

/** The recorded row of each user, in the order of the users. */
const rows: readonly (readonly string[])[] = kinds.user.fragments.map((fragment) => {
  const name = kinds.user.idOf(fragment);
  return recordedRows.find((row) => row.startsWith(`${name},`))?.split(",") ?? [];
});

const dated = /^\d{4}-\d\d-\d\dT/;

/** What is said of a key slot that is empty. */
const emptySlot: Readonly<Record<string, string>> = {
  active: "false",
  last_rotated: "N/A",
  last_used_date: "N/A",
  last_used_region: "N/A",
  last_used_service: "N/A",
};

const written = (at: number): string => new Date(at).toISOString().replace(".000Z", "+00:00");

/** A cell as of now: dates of recent use are laid relative to now, the others to the epoch. */
function cell(column: string, recorded: string, epoch: number, now: number): string {
  if (recorded === "not_supported" && column.includes("last_used_")) return "N/A";
  if (recorded === "not_supported" && column === "password_last_used") return "N/A";
  if (!dated.test(recorded)) return recorded;
  const moves = column.includes("last_used") && usedLately(Date.parse(recorded));
  return written(shifted(Date.parse(recorded), moves ? now : epoch));
}

function rowOf(account: Account, user: Presented, now: number): string {
  const keys = (keysOfUser[user.template] ?? []).map((key) => textOf(render(key, user.spot), "AccessKeyId"));
  return columns
    .map((column, at) => {
      if (column === "user") return user.id;
      if (column === "arn") return textOf(user.fragment, "Arn");
      const [, slot, fact = ""] = /^access_key_([12])_(.*)$/.exec(column) ?? [];
      const key = keys[Number(slot) - 1];
      if (key !== undefined && isHidden(account, key)) return emptySlot[fact] ?? "N/A";
      return cell(column, rows[user.template]?.[at] ?? "N/A", user.spot.epoch, now);
    })
    .join(",");
}

/** moto leaves the root user out. It signed in last half a year before the epoch, and has neither key nor MFA device. */
function rootRow({ id, settings }: Account): string {
  const epoch = Date.parse(settings.epoch);
  const facts: Readonly<Record<string, string>> = {
    user: "<root_account>",
    arn: `arn:aws:iam::${id}:root`,
    user_creation_time: written(epoch - 1_000 * 86_400_000),
    password_enabled: "not_supported",
    password_last_used: written(epoch - 180 * 86_400_000),
    password_last_changed: "not_supported",
    password_next_rotation: "not_supported",
  };
  return columns.map((column) => facts[column] ?? (/(active)$/.test(column) ? "false" : "N/A")).join(",");
}

/** The CSV: the root user and every user there is. */
export function credentialReport(account: Account): string {
  const now = nowOf(account);
  const slice = sliceOf(account, "user");
  const users = present(account, slice, { from: 0, to: slice.count });
  return [header, rootRow(account), ...users.map((user) => rowOf(account, user, now))].join("\n");
}
