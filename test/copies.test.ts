// State directories copied, restored and interrupted anywhere, with the agent's own code against a real server:
// each machine ends as one device with its own data, and an honest one that is killed is never two.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { z } from "zod";
import { AgentError } from "../packages/agent/src/agent-error.ts";
import { checkIn } from "../packages/agent/src/check-in/check-in.ts";
import { enrol } from "../packages/agent/src/enrolment/enrol.ts";
import { StateDirectory } from "../packages/agent/src/state/directory.ts";
import { demandInstallation } from "../packages/agent/src/state/enrolled-state.ts";
import { readAddress } from "../packages/agent/src/transport/address.ts";
import { withConnection } from "../packages/agent/src/transport/connection.ts";
import { ServerApi } from "../packages/agent/src/transport/server-api.ts";
import { Chance } from "../packages/ingest/src/testing/chance.ts";
import { rounds } from "../packages/ingest/src/testing/long.ts";
import { TestServer } from "../packages/ingest/src/testing/test-server.ts";

const interval = 3_607_000;
const agentVersion = "0.1.0";
const os = { type: "linux", version: "6.1" };

/** The process is gone: nothing is written any more. */
class Killed extends AgentError {
  constructor() {
    super("stopped", "killed");
  }
}

/** A state directory whose process is killed before or after one of its writes. */
class FatefulDirectory extends StateDirectory {
  /** Writes that are still done; one more is done or not, and then none. */
  left = Number.POSITIVE_INFINITY;
  lastIsDone = false;

  override writeBytes(name: string, content: string | Uint8Array): void {
    this.#survive(() => super.writeBytes(name, content));
  }

  override remove(file: { readonly name: string }): void {
    this.#survive(() => super.remove(file));
  }

  #survive(work: () => void): void {
    if (this.left > 0) {
      this.left--;
      work();
      return;
    }
    if (this.left === 0 && this.lastIsDone) work();
    this.left = -1;
    throw new Killed();
  }
}

class World {
  readonly server: TestServer;
  readonly random: () => number;
  readonly #folder: string;

  private constructor(server: TestServer, folder: string, random: () => number) {
    this.server = server;
    this.#folder = folder;
    this.random = random;
  }

  static async begin(t: Test, server: TestServer, seed: number): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), "rollcall-"));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    return new World(server, folder, new Chance(seed).sequence());
  }

  pathOf = (name: string) => join(this.#folder, name);
  now = () => Date.now() + this.server.ahead;
  pass(intervals: number): void {
    this.server.ahead += Math.round(intervals * interval);
  }
}

/** A machine with the agent on it. */
class Machine {
  readonly #world: World;
  readonly name: string;
  readonly path: string;

  constructor(world: World, name: string) {
    this.#world = world;
    this.name = name;
    this.path = world.pathOf(name);
  }

  async enrol(group: string): Promise<void> {
    const { random, now, server } = this.#world;
    const directory = new StateDirectory(this.path);
    directory.create();
    const enrolment = await server.enrolment({ group });
    const options = {
      directory,
      enrolment,
      insecureLoopback: false,
      applications: [],
      os,
      agentVersion,
      now,
      random,
    };
    await withConnection(readAddress(enrolment.url, options), {}, (connection) =>
      enrol(options, new ServerApi(connection, enrolment.server)),
    );
  }

  /** One check-in; killed at a write of it, if it comes that far. */
  async checkIn(killedAt = Number.POSITIVE_INFINITY): Promise<string> {
    const { random, now } = this.#world;
    const directory = new FatefulDirectory(this.path);
    [directory.left, directory.lastIsDone] = [killedAt, random() < 0.5];
    const found = { hostname: `${this.name}.example`, kernel: `kernel of ${this.name}` };
    try {
      const { result } = await checkIn({
        directory,
        collect: async () => new Map([["operating-system", { status: "ok", document: found }]]),
        now,
        random,
        cpuSeconds: () => 0,
        agentVersion,
        os,
        note: () => undefined,
        ifDue: false,
      });
      return result.outcome;
    } catch (error) {
      if (error instanceof Killed) return "killed";
      if (error instanceof AgentError && error.code === "refused") return error.message;
      throw error;
    }
  }

  get device(): string {
    return demandInstallation(new StateDirectory(this.path)).device;
  }

  get installation(): string {
    return demandInstallation(new StateDirectory(this.path)).installation;
  }

  /** Another machine with a copy of the state as it is now. */
  copy(name: string): Machine {
    const other = new Machine(this.#world, name);
    cpSync(this.path, other.path, { recursive: true });
    return other;
  }

  /** Puts the state of another copy in the place of this machine's. */
  restore(from: Machine): void {
    rmSync(this.path, { recursive: true });
    cpSync(from.path, this.path, { recursive: true });
  }
}

const page = z.object({ items: z.array(z.looseObject({ id: z.string(), hostname: z.string().nullable() })) });
const whole = z.looseObject({
  sections: z.object({ "operating-system": z.looseObject({ document: z.unknown() }) }),
});

/** What the server has: each device of a group with the names that its document tells. */
async function stored(server: TestServer, group: string): Promise<[string, unknown][]> {
  const { body } = await server.admin("GET", `/api/v1/devices?fresh=true&q=group:${group}&limit=1000`);
  const devices = page.parse(body).items.map(async ({ id }): Promise<[string, unknown]> => {
    const device = await server.admin("GET", `/api/v1/devices/${id}`);
    return [id, whole.parse(device.body).sections["operating-system"].document];
  });
  return Promise.all(devices);
}

const documentOf = ({ name }: Machine) => ({ hostname: `${name}.example`, kernel: `kernel of ${name}` });

/** A check-in that may be killed anywhere, after some time. */
async function live(world: World, machine: Machine): Promise<void> {
  world.pass(0.2 + world.random());
  await machine.checkIn(world.random() < 0.6 ? Math.floor(world.random() * 16) : undefined);
}

/** Nobody is killed any more, and there is time enough for everything to settle. */
async function comeToRest(world: World, machines: readonly Machine[]): Promise<void> {
  for (let round = 0; round < 8; round++) {
    world.pass(0.6);
    for (const machine of machines) await machine.checkIn();
  }
  await world.server.tend();
  for (const machine of machines) {
    world.pass(0.1);
    await machine.checkIn();
  }
}

const server = await TestServer.start();
t.teardown(() => server.remove());

t.test("makes two devices of two copies, each with its own data, however they are interleaved", async (t) => {
  for (let seed = 1; seed <= rounds(8, 50); seed++) {
    const world = await World.begin(t, server, seed);
    const group = `copies-${seed}`;
    const one = new Machine(world, "one");
    await one.enrol(group);
    for (let before = Math.floor(world.random() * 4); before > 0; before--) await live(world, one);
    const two = one.copy("two");
    for (let step = 0; step < 10; step++) await live(world, world.random() < 0.5 ? one : two);
    await comeToRest(world, [one, two]);
    const expected = [one, two].map((machine) => [machine.device, documentOf(machine)]);
    t.same((await stored(server, group)).sort(), expected.sort(), `seed ${seed}`);
    t.not(one.installation, two.installation, `seed ${seed}`);
    t.same([await one.checkIn(), await two.checkIn()], ["unchanged", "unchanged"], `seed ${seed}`);
  }
});

t.test(
  "leaves an honest machine one device, killed at any write and restored from any snapshot",
  async (t) => {
    for (let seed = 1; seed <= rounds(8, 50); seed++) {
      const world = await World.begin(t, server, 1_000 + seed);
      const group = `honest-${seed}`;
      const machine = new Machine(world, "honest");
      await machine.enrol(group);
      const { device } = machine;
      await live(world, machine);
      const snapshot = machine.copy("snapshot");
      for (let step = 0; step < 6; step++) await live(world, machine);
      if (seed % 2 === 0) machine.restore(snapshot);
      for (let step = 0; step < 6; step++) await live(world, machine);
      await comeToRest(world, [machine]);
      t.same(await stored(server, group), [[device, documentOf(machine)]], `seed ${seed}`);
      t.equal(machine.device, device, `seed ${seed}`);
      t.equal(await machine.checkIn(), "unchanged", `seed ${seed}`);
    }
  },
);
