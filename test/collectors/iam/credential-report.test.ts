import { describe, it } from "vitest";
import { AwsFault } from "#aws/fault";
import { credentialReport, wholeCredentialReport } from "#collectors/credential-report";
import { errorXml, fakeAws, type Wire } from "../../support/fake-aws.ts";
import { generation, reportAnswer, reportHeader, reportOf, rootRow } from "./wire.ts";

const noPause = async (): Promise<void> => {};

describe("the credential report", () => {
  it("reads dates, claims and the words that stand for neither", async ({ expect }) => {
    const aws = fakeAws(
      reportOf(
        rootRow,
        "alice,arn:aws:iam::111122223333:user/ops/alice,2024-01-01T00:00:00+00:00,true,no_information,2024-02-01T09:30:00+00:00,N/A,false,true,2024-01-01T00:00:30+00:00,2026-05-31T23:00:00+00:00,eu-west-1,s3,false,2025-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A",
        "bob,arn:aws:iam::111122223333:user/bob,2024-01-01T00:00:00+00:00,FALSE,N/A,N/A,N/A,TRUE,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A",
      ),
    );
    const report = await credentialReport(aws, noPause);
    expect(report?.generatedAt).toBe("2026-06-01T06:00:00.000Z");
    expect(report?.root).toMatchObject({
      passwordEnabled: null,
      passwordLastUsedAt: "2026-01-05T10:11:12.000Z",
      passwordChangedAt: null,
      mfaActive: true,
    });
    expect(report?.users.get("arn:aws:iam::111122223333:user/ops/alice")).toEqual({
      userName: "alice",
      arn: "arn:aws:iam::111122223333:user/ops/alice",
      createdAt: "2024-01-01T00:00:00.000Z",
      passwordEnabled: true,
      passwordChangedAt: "2024-02-01T09:30:00.000Z",
      passwordLastUsedAt: null,
      mfaActive: false,
      keys: [
        { slot: 1, active: true, rotatedAt: "2024-01-01T00:00:30.000Z", lastUsedAt: "2026-05-31T23:00:00.000Z" },
        { slot: 2, active: false, rotatedAt: "2025-01-01T00:00:00.000Z", lastUsedAt: null },
      ],
    });
    expect(report?.users.get("arn:aws:iam::111122223333:user/bob")).toMatchObject({
      passwordEnabled: false,
      mfaActive: true,
    });
  });

  it("reads quoted fields, doubled quotes, CRLF, empty fields and columns it does not know", async ({ expect }) => {
    const csv = [
      `"additional_info",${reportHeader}`,
      `"a ""quoted"", word\r\nover two lines","o'neil@example.com","arn:aws:iam::111122223333:user/o'neil@example.com","2024-01-01T00:00:00+00:00","true",,"2024-01-01T00:00:00+00:00","N/A","true","false","","N/A","N/A","N/A","false","N/A","N/A","N/A","N/A","false","N/A","false","N/A"`,
      "",
    ].join("\r\n");
    const aws = fakeAws({ ...reportOf(), GetCredentialReport: () => reportAnswer(csv) });
    const report = await credentialReport(aws, noPause);
    expect([...(report?.users.values() ?? [])]).toEqual([
      expect.objectContaining({
        userName: "o'neil@example.com",
        passwordEnabled: true,
        passwordLastUsedAt: null,
        mfaActive: true,
      }),
    ]);
  });

  it("has no users when there is a header and nothing else", async ({ expect }) => {
    const report = await credentialReport(fakeAws(reportOf()), noPause);
    expect(report?.users.size).toBe(0);
    expect(report?.root).toBeUndefined();
  });

  it("refuses a report without the columns it needs", async ({ expect }) => {
    const aws = fakeAws({
      ...reportOf(),
      GetCredentialReport: () => reportAnswer("user,arn\nbob,arn:aws:iam::1:user/bob"),
    });
    await expect(credentialReport(aws, noPause)).rejects.toThrow();
  });

  it("polls until the report is complete, pausing longer each time but before the first poll not at all", async ({
    expect,
  }) => {
    const states = ["STARTED", "INPROGRESS", "INPROGRESS", "COMPLETE"];
    const pauses: number[] = [];
    const aws = fakeAws({
      ...reportOf(rootRow),
      GenerateCredentialReport: () => generation(states.shift() ?? "COMPLETE"),
    });
    const report = await credentialReport(aws, async (ms) => void pauses.push(ms));
    expect(report?.root?.mfaActive).toBe(true);
    expect(aws.asked).toEqual([...Array<string>(4).fill("GenerateCredentialReport"), "GetCredentialReport"]);
    expect(pauses).toEqual([1000, 2000]);
  });

  it("gives up after five polls, and the gap is kept", async ({ expect }) => {
    const aws = fakeAws({
      GenerateCredentialReport: () => generation("INPROGRESS"),
      GetCredentialReport: (): Wire => ({ status: 404, body: errorXml("ReportInProgress") }),
    });
    expect(await credentialReport(aws, noPause)).toBeUndefined();
    expect(aws.asked.filter((call) => call === "GenerateCredentialReport")).toHaveLength(6);
    expect(aws.gaps).toEqual(["GetCredentialReport"]);
  });

  it("is generated and got once for all collectors of a task", async ({ expect }) => {
    const aws = fakeAws(reportOf(rootRow));
    await credentialReport(aws, noPause);
    await credentialReport(aws, noPause);
    expect(aws.asked).toEqual(["GenerateCredentialReport", "GetCredentialReport"]);
  });

  it("is polled for once by collectors that wait together", async ({ expect }) => {
    const states = ["STARTED", "INPROGRESS", "COMPLETE"];
    const aws = fakeAws({
      ...reportOf(rootRow),
      GenerateCredentialReport: () => generation(states.shift() ?? "COMPLETE"),
    });
    await Promise.all([credentialReport(aws, noPause), wholeCredentialReport(aws, noPause)]);
    expect(aws.asked).toEqual([...Array<string>(3).fill("GenerateCredentialReport"), "GetCredentialReport"]);
  });

  it("throws where it is all there is to go by", async ({ expect }) => {
    await expect(wholeCredentialReport(fakeAws({}), noPause)).rejects.toBeInstanceOf(AwsFault);
  });

  it("does not keep a second collector waiting for a report that has become ready", async ({ expect }) => {
    const states = ["STARTED", "COMPLETE"];
    const pauses: number[] = [];
    const aws = fakeAws({
      ...reportOf(rootRow),
      GenerateCredentialReport: () => generation(states.shift() ?? "COMPLETE"),
    });
    await credentialReport(aws, async (ms) => void pauses.push(ms));
    await credentialReport(aws, async (ms) => void pauses.push(ms));
    expect(pauses).toEqual([]);
    expect(aws.asked.filter((call) => call === "GetCredentialReport")).toHaveLength(1);
  });

  it("is still read when only its generation is denied", async ({ expect }) => {
    const { GetCredentialReport } = reportOf(rootRow);
    const aws = fakeAws(GetCredentialReport ? { GetCredentialReport } : {});
    expect((await credentialReport(aws, noPause))?.root?.mfaActive).toBe(true);
    expect(aws.gaps).toEqual(["GenerateCredentialReport"]);
  });

  it("is undefined when it is denied, and the gap is kept", async ({ expect }) => {
    const aws = fakeAws({});
    expect(await credentialReport(aws, noPause)).toBeUndefined();
    expect(aws.gaps).toEqual(["GenerateCredentialReport", "GetCredentialReport"]);
  });
});
