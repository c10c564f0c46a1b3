import type { PauseKind } from './run.ts'

/**
 * Every reason for which a run or an attempt stands still. `firstMs` is the pause after the first try, doubled up to
 * `maxMs`. A person is asked (`pausesAs`) when the same reason has lasted for `afterMs` and `tries` tries; null where
 * waiting has no bound, because nothing is wrong. What may have been paid (`isPaid`) is never given up sooner than
 * that, nor waited for longer than `timings.lostAfterMs` before a person is asked.
 */
export const waits = {
  budget: {
    label: 'waiting for money that is reserved to come free',
    firstMs: 5_000,
    maxMs: 5_000,
    bound: null,
  },
  tokens: { label: 'waiting for enqueued tokens to come free', firstMs: 5_000, maxMs: 600_000, bound: null },
  batches: {
    label: 'waiting for a batch at the provider to end, as no more may be at work',
    firstMs: 5_000,
    maxMs: 5_000,
    bound: null,
  },
  rate: {
    label: 'slowed down by the provider',
    firstMs: 2_000,
    maxMs: 300_000,
    bound: { afterMs: 21_600_000, tries: 50, pausesAs: 'provider' },
  },
  network: {
    label: 'the provider cannot be reached',
    firstMs: 2_000,
    maxMs: 300_000,
    bound: { afterMs: 21_600_000, tries: 20, pausesAs: 'provider' },
  },
  service: {
    label: 'the provider is failing',
    firstMs: 2_000,
    maxMs: 300_000,
    bound: { afterMs: 21_600_000, tries: 20, pausesAs: 'provider' },
  },
  token: {
    label: 'no access token can be had',
    firstMs: 2_000,
    maxMs: 120_000,
    bound: { afterMs: 600_000, tries: 5, pausesAs: 'credentials' },
  },
  credentials: {
    label: 'the key is refused',
    firstMs: 5_000,
    maxMs: 300_000,
    bound: { afterMs: 300_000, tries: 4, pausesAs: 'credentials' },
  },
  account: {
    label: 'the batches belong to another key',
    firstMs: 60_000,
    maxMs: 600_000,
    bound: { afterMs: 0, tries: 1, pausesAs: 'credentials' },
  },
  refused: {
    label: 'the provider refuses the file',
    firstMs: 5_000,
    maxMs: 60_000,
    bound: { afterMs: 0, tries: 3, pausesAs: 'provider' },
  },
  upload: {
    label: 'the uploaded file is not ready',
    firstMs: 2_000,
    maxMs: 30_000,
    bound: { afterMs: 1_800_000, tries: 60, pausesAs: 'provider' },
  },
  list: {
    label: "the provider's list does not tell whether a batch was made",
    firstMs: 5_000,
    maxMs: 300_000,
    bound: { afterMs: 60_000, tries: 3, pausesAs: 'answers', isPaid: true },
  },
  unconfirmed: {
    label: "waiting until the provider's list tells whether a batch was made",
    firstMs: 5_000,
    maxMs: 300_000,
    bound: { afterMs: 21_600_000, tries: 20, pausesAs: 'answers', isPaid: true },
  },
  hidden: {
    label: 'a batch that may be ours does not show its requests before it has ended',
    firstMs: 60_000,
    maxMs: 600_000,
    bound: { afterMs: 93_600_000, tries: 3, pausesAs: 'answers' },
  },
  earlier: {
    label: 'these records may have been paid for before',
    firstMs: 5_000,
    maxMs: 300_000,
    bound: { afterMs: 0, tries: 1, pausesAs: 'answers', isPaid: true },
  },
  batch: {
    label: 'the provider does not know the batch',
    firstMs: 10_000,
    maxMs: 1_800_000,
    bound: { afterMs: 21_600_000, tries: 3, pausesAs: 'answers', isPaid: true },
  },
  answers: {
    label: 'the answer file is not there yet',
    firstMs: 2_000,
    maxMs: 1_800_000,
    bound: { afterMs: 21_600_000, tries: 3, pausesAs: 'answers', isPaid: true },
  },
  download: {
    label: 'the answer file cannot be downloaded whole',
    firstMs: 5_000,
    maxMs: 600_000,
    bound: { afterMs: 600_000, tries: 8, pausesAs: 'provider', isPaid: true },
  },
  missing: {
    label: 'the provider has answered more than its files hold',
    firstMs: 1_000,
    maxMs: 1_800_000,
    bound: { afterMs: 600_000, tries: 5, pausesAs: 'answers', isPaid: true },
  },
  unreadable: {
    label: 'nothing in the answer files can be read',
    firstMs: 1_000,
    maxMs: 1_800_000,
    bound: { afterMs: 600_000, tries: 5, pausesAs: 'answers', isPaid: true },
  },
  job: {
    label: 'the job, or what it needs on this machine, has to be fixed',
    firstMs: 5_000,
    maxMs: 300_000,
    bound: { afterMs: 0, tries: 1, pausesAs: 'job' },
  },
  package: {
    label: 'no worker has taken it up that has the package which it needs',
    firstMs: 2_000,
    maxMs: 2_000,
    bound: { afterMs: 30_000, tries: 4, pausesAs: 'job' },
  },
  changed: {
    label: 'the job is not the one that the run began with',
    firstMs: 5_000,
    maxMs: 60_000,
    bound: { afterMs: 0, tries: 1, pausesAs: 'changed' },
  },
  disk: {
    label: 'the disk is full, or does not work',
    firstMs: 5_000,
    maxMs: 60_000,
    bound: { afterMs: 600_000, tries: 8, pausesAs: 'disk' },
  },
  sink: {
    label: 'the place where answers are written does not take them',
    firstMs: 5_000,
    maxMs: 60_000,
    bound: { afterMs: 600_000, tries: 8, pausesAs: 'job' },
  },
} as const satisfies Record<string, WaitRule>

export interface WaitRule {
  readonly label: string
  readonly firstMs: number
  readonly maxMs: number
  readonly bound: WaitBound | null
}

/** When a person is asked. */
export interface WaitBound {
  readonly afterMs: number
  readonly tries: number
  readonly pausesAs: PauseKind
  /** Whether `timings.lostAfterMs` limits it too. */
  readonly isPaid?: boolean
}

/** Kind of a wait: one of `waits`. */
export type WaitKind = keyof typeof waits

export const waitKinds: readonly WaitKind[] = Object.keys(waits).filter(
  (name): name is WaitKind => name in waits,
)

/** Why something stands still: the columns of a run or an attempt. Times are milliseconds since the epoch. */
export interface Wait {
  readonly waitsFor: WaitKind | null
  readonly waitingSince: number | null
  /** How often the same was tried, without a change of the reason. */
  readonly waitTries: number
  /** The service's own words. */
  readonly waitWords: string | null
}

/** The wait of an attempt or run that does not wait. */
export const noWait: Wait = { waitsFor: null, waitingSince: null, waitTries: 0, waitWords: null }
