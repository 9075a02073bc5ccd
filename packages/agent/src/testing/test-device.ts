/** A device enrolled with a fake server, for tests: its state in a temporary folder, its machine an object. */
import { join } from "node:path";
import { readEnrolmentString, type Status } from "@rollcall/protocol";
import type { Test } from "tap";
import { type CheckIn, type CheckInOptions, checkIn } from "../check-in/check-in.ts";
import type { Collect, FoundSection } from "../check-in/found.ts";
import { enrol } from "../enrolment/enrol.ts";
import { StateDirectory } from "../state/directory.ts";
import { readEnrolledState } from "../state/enrolled-state.ts";
import { readAddress } from "../transport/address.ts";
import { withConnection } from "../transport/connection.ts";
import { ServerApi } from "../transport/server-api.ts";
import { FakeServer } from "./fake-server.ts";

/** What stands on the machine: a document for each section, or why there is none. */
export type Machine = Record<string, FoundSection>;

export const installationSection: FoundSection = {
  status: "ok",
  document: { agent: { version: "0.1.0" }, applications: [], os: { type: "linux" } },
};

export class TestDevice {
  readonly server: FakeServer;
  readonly directory: StateDirectory;
  machine: Machine = { installation: installationSection };
  notes: string[] = [];
  now = Date.parse("2026-03-04T05:06:07.000Z");

  private constructor(server: FakeServer, directory: StateDirectory) {
    this.server = server;
    this.directory = directory;
  }

  /** A device that has not enrolled yet, with a server for it; both end with the test. */
  static async stranger(t: Test, setUp: (server: FakeServer) => void = () => undefined): Promise<TestDevice> {
    const server = await FakeServer.start();
    t.teardown(() => server.stop());
    setUp(server);
    return new TestDevice(server, new StateDirectory(join(server.folder, "state")));
  }

  static async enrolled(t: Test, setUp?: (server: FakeServer) => void): Promise<TestDevice> {
    const device = await TestDevice.stranger(t, setUp);
    await device.enrol();
    return device;
  }

  async enrol(server = this.server): Promise<void> {
    const { directory } = this;
    const enrolment = readEnrolmentString(server.enrolmentString());
    if ("error" in enrolment) throw new Error(enrolment.detail);
    directory.create();
    const options = {
      directory,
      enrolment,
      insecureLoopback: false,
      applications: [],
      os: { type: "linux", version: "6.1" },
      agentVersion: "0.1.0",
      now: () => this.now,
      random: () => 0.5,
    };
    const address = readAddress(enrolment.url, { ...options, ca: enrolment.ca });
    await withConnection(address, {}, (connection) =>
      enrol(options, new ServerApi(connection, enrolment.server)),
    );
  }

  readonly collect: Collect = async () => new Map(Object.entries(this.machine));

  checkIn(changes: Partial<CheckInOptions> = {}): Promise<CheckIn> {
    return checkIn({
      directory: this.directory,
      collect: this.collect,
      now: () => this.now,
      random: () => 0.5,
      cpuSeconds: () => 0.1,
      agentVersion: "0.1.0",
      os: { type: "linux", version: "6.1" },
      note: (text) => this.notes.push(text),
      ifDue: false,
      ...changes,
    });
  }

  get state() {
    return readEnrolledState(this.directory, { now: this.now, random: () => 0.5 });
  }

  /** Status and digest of every section, as this device believes the server has them. */
  get believed(): Record<string, [Status, string | null]> {
    return Object.fromEntries(
      Object.entries(this.state.acknowledged.value.sections).map(([name, { status, digest }]) => [
        name,
        [status, digest],
      ]),
    );
  }
}

/** What a promise was rejected with. */
export async function errorOf(work: Promise<unknown>): Promise<{ code?: string; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error)
      return { ...("code" in error ? { code: String(error.code) } : {}), message: error.message };
  }
  throw new Error("there was no error");
}
