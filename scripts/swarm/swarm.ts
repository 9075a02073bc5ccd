/** Simulated devices that speak the real protocol: enrol, check in, tell what changed. */
import { randomBytes } from "node:crypto";
import {
  agentApplication,
  canonicalBytes,
  compress,
  type Enrolment,
  enrolmentAnswer,
  makeProof,
  nonceHeader,
  type ProofUse,
  reprDigest,
  sectionsAnswer,
  sessionAnswer,
  stateDigest,
} from "@rollcall/protocol";
import { z } from "zod";
import type { Fleet, SwarmSections } from "./fleet.ts";
import type { Line, LineAnswer } from "./line.ts";
import { Roster } from "./roster.ts";

const json = { "content-type": "application/json" };
const applications = [{ number: agentApplication, version: "0.1.0", channel: "stable" }];
const checkedIn = z.object({ wants: z.array(z.string()) });

/** The server gave an answer that a device with nothing to hide does not get. */
export class Refused extends Error {
  readonly status: number;
  constructor(what: string, { status, text }: LineAnswer) {
    super(`${what}: ${status} ${text.slice(0, 300)}`);
    this.status = status;
  }
}

export interface SwarmOptions {
  readonly fleet: Fleet;
  readonly enrolment: Pick<Enrolment, "server" | "token">;
  readonly line: Line;
  readonly size: number;
}

export class Swarm {
  readonly fleet: Fleet;
  readonly roster: Roster;
  readonly line: Line;
  readonly #enrolment: SwarmOptions["enrolment"];

  constructor({ fleet, enrolment, line, size }: SwarmOptions) {
    this.fleet = fleet;
    this.line = line;
    this.#enrolment = enrolment;
    this.roster = new Roster(size);
  }

  async enrol(device: number): Promise<void> {
    const { publicKey } = this.roster.key(device);
    const body = {
      token: this.#enrolment.token,
      key: publicKey,
      applications,
      os: { type: "linux", version: "12.11" },
    };
    const answer = await this.#prove(device, "enrol", "/v1/enrolments", body);
    if (answer.status !== 201) throw new Refused("enrolment", answer);
    const { installation, session } = enrolmentAnswer.parse(JSON.parse(answer.text));
    this.roster.setInstallation(device, installation);
    this.roster.setSession(device, session);
    this.roster.setState(device, stateDigest({}));
  }

  async newSession(device: number): Promise<void> {
    const installation = this.roster.installation(device);
    const answer = await this.#prove(device, "session", "/v1/sessions", { installation }, installation);
    if (answer.status !== 201) throw new Refused("session", answer);
    this.roster.setSession(device, sessionAnswer.parse(JSON.parse(answer.text)).session);
  }

  /** One check-in. Answers with the sections that the server wants. */
  async checkIn(device: number): Promise<readonly string[]> {
    const answer = await this.sendCheckIn(device, this.roster.nextCounter(device));
    if (answer.status !== 200) throw new Refused("check-in", answer);
    return checkedIn.parse(JSON.parse(answer.text)).wants;
  }

  sendCheckIn(device: number, counter: number): Promise<LineAnswer> {
    const body = {
      counter,
      nonce: randomBytes(16).toString("base64url"),
      stateDigest: this.roster.state(device),
      consentNumber: 1,
      applications,
    };
    return this.line.send({
      method: "POST",
      path: "/v1/check-ins",
      headers: this.authorised(device),
      body: JSON.stringify(body),
    });
  }

  /** Tells what the device is like at an age: everything the first time, afterwards what changed. */
  async tell(device: number, age: number): Promise<void> {
    const known = this.roster.ages[device];
    const sections = this.fleet.sections(device, age);
    const isFirst = known === Roster.unknown;
    const changed = isFirst ? sections : { "software.deb": sections["software.deb"] };
    const answer = await this.putSections(device, changed, isFirst ? null : this.roster.state(device));
    if (answer.status !== 200) throw new Refused("sections", answer);
    const { refused, receipt } = sectionsAnswer.parse(JSON.parse(answer.text));
    if (refused.length > 0) throw new Refused("sections", answer);
    this.roster.setState(device, receipt.stateDigest);
    this.roster.ages[device] = age;
  }

  putSections(
    device: number,
    sections: Partial<SwarmSections>,
    baseStateDigest: string | null,
  ): Promise<LineAnswer> {
    const counter = this.roster.counters[device];
    return this.putBytes(
      device,
      compress(canonicalBytes({ baseStateDigest, consentNumber: 1, counter, sections })),
    );
  }

  /** What calls itself a zstd frame, from a device with a session. */
  putBytes(device: number, body: Uint8Array): Promise<LineAnswer> {
    const encoded = { "content-encoding": "zstd", "repr-digest": reprDigest(body) };
    return this.line.send({
      method: "PUT",
      path: "/v1/sections",
      headers: { ...this.authorised(device), ...encoded },
      body,
    });
  }

  authorised(device: number): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.roster.session(device)}`, ...json };
  }

  async #prove(
    device: number,
    use: ProofUse,
    target: string,
    value: unknown,
    installation?: string,
  ): Promise<LineAnswer> {
    const { headers } = await this.line.send({ method: "GET", path: "/v1/server" });
    const body = Buffer.from(JSON.stringify(value));
    const proof = makeProof(this.roster.key(device), {
      use,
      audience: this.#enrolment.server,
      method: "POST",
      target,
      body,
      nonce: String(headers[nonceHeader]),
      ...(installation === undefined ? {} : { installation }),
    });
    return this.line.send({
      method: "POST",
      path: target,
      headers: { ...json, "rollcall-proof": proof },
      body,
    });
  }
}
