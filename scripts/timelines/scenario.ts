/** What a picture of a policy is made from: when messages come, and how long each is worked on. */
import type { MessagePolicy, Policy } from '#src/core/policy.ts';

import type { Life } from './record.ts';

export interface Scenario {
  /** The picture's file, without its ending. */
  readonly name: string;
  readonly title: string;
  /** What the picture shows, for who can't see it. */
  readonly description: string;
  /** The policy, as code: it stands above the picture. */
  readonly code: string;
  readonly policy: Policy<Arrival> | MessagePolicy<Arrival>;
  readonly arrivals: readonly Arrival[];
  /** How much time the picture shows, in ms. */
  readonly spanMs: number;
  /** The time between two marks of its axis, in ms. */
  readonly tickMs: number;
  /** Spans of time that explain what happened, from what has happened. */
  readonly brackets?: (lives: readonly Life[]) => readonly Bracket[];
}

/** One message. */
export interface Arrival {
  readonly atMs: number;
  readonly text: string;
  /** How long the turn that it carries works. */
  readonly workMs: number;
  /** How long that turn cleans up when it is aborted: default 0. */
  readonly cleanUpMs?: number;
  /** The session: default `ada`. */
  readonly key?: string;
  /** A head start in seconds: default 0. */
  readonly priority?: number;
}

export interface Bracket {
  readonly fromMs: number;
  readonly toMs: number;
  readonly says: string;
}
