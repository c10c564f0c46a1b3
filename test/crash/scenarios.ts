import type { Effect } from '../../src/engine/crash-points.ts'
import type { Scenario } from './cell.ts'

/** Nothing goes wrong but the processes. */
export const plain: Scenario = { name: 'plain' }

/** Two batches are made and the answers that say so are lost. */
export const lostResponse: Scenario = {
  name: 'lost response',
  faults: [{ operation: 'batches.create', when: 'after', times: 2, action: { type: 'drop' } }],
}

/** The same, at a provider whose list shows a batch only after a while. */
export const laggingList: Scenario = {
  name: 'lagging list',
  emulator: { listLagMs: 900 },
  settings: {
    // The list is trusted after the last look plus its lag, as it would be with the times of a real provider.
    timings: {
      leaseMs: 1_500,
      settleMs: [300, 500, 700],
      listingLagMs: 1_000,
      lostAfterMs: 5_000,
      pollEveryMs: 50,
      quotaBackoffMs: 200,
      filesAhead: 4,
    },
  },
  faults: [{ operation: 'batches.create', when: 'after', times: 2, action: { type: 'drop' } }],
}

/** Two creates never reach the provider, and nobody can know. */
export const lostRequest: Scenario = {
  name: 'lost request',
  faults: [{ operation: 'batches.create', when: 'before', times: 2, action: { type: 'drop' } }],
}

/** Some lines fail at the provider at first; some answers never fit. */
export const retries: Scenario = {
  name: 'retries',
  marker: (row) => (row % 10 === 3 ? '[[server_error_once]]' : row % 16 === 5 ? '[[wrong_schema]]' : ''),
}

/** The provider has too many enqueued tokens of ours, twice. */
export const quota: Scenario = {
  name: 'quota',
  // A limit that every file fits into: what is refused waits, and is not split.
  emulator: { enqueuedTokenRefusal: 'async', enqueuedTokenLimit: 1_000_000 },
  faults: [{ operation: 'batch', times: 2, action: { type: 'scenario', name: 'token-limit' } }],
}

/** Two accounts take the batches, and the first two answers of each that say that one was made are lost. */
export const twoAccounts: Scenario = { name: 'two accounts', accounts: true }
export const lostAtBoth: Scenario = { ...lostResponse, name: 'lost response of two accounts', accounts: true }

/** The same at services whose creates are found otherwise: by ids, by a mark in a name, by a token, and two regions. */
export const lostAtClaudes: Scenario = {
  ...lostAtBoth,
  name: 'claude, lost response of two accounts',
  service: 'anthropic',
  capMicroUsd: 6_000,
}
export const lostAtGeminis: Scenario = {
  ...lostAtBoth,
  name: 'gemini, lost response of two accounts',
  service: 'gemini',
  capMicroUsd: 16_000,
}
export const twoRegions: Scenario = {
  name: 'bedrock, two regions',
  service: 'bedrock',
  accounts: true,
  rows: 400,
  settings: { batch: { maxRequests: 100 } },
  capMicroUsd: 800_000,
}

/** Somebody cancels while two batches are half done and two files wait. */
export const cancelled: Scenario = {
  name: 'cancelled',
  cancelAfterBatches: 2,
  faults: [
    { operation: 'batch', times: 9, action: { type: 'scenario', name: 'stuck-in-progress', fraction: 0.5 } },
  ],
}

/** No batches: each record is asked one by one. */
export const realtime: Scenario = {
  name: 'real time',
  choice: { deliveryMode: 'realtime' },
  capMicroUsd: 6_000,
  settings: {
    realtime: { maxRequests: 8, concurrency: 4, requestsPerMinute: 1_000_000, tokensPerMinute: 1e9 },
  },
}

/** The same, with answers that are lost on their way. */
export const lostAnswers: Scenario = {
  ...realtime,
  name: 'lost answers',
  faults: [{ operation: 'chat.completions', when: 'after', nth: 3, times: 3, action: { type: 'drop' } }],
}

/** Output files arrive short the first time: what they hold is merged, and the rest is fetched again. */
export const shortFiles: Scenario = {
  name: 'short files',
  faults: [{ operation: 'batch', times: 9, action: { type: 'scenario', name: 'short-download' } }],
}

/** At first nothing in them can be read. */
export const emptyFiles: Scenario = {
  name: 'empty files',
  faults: [{ operation: 'batch', times: 9, action: { type: 'scenario', name: 'short-download', share: 0 } }],
}

/** Rows that are asked in two parts, and a status column of the user's own. */
export const joined: Scenario = { name: 'joined', joined: true, capMicroUsd: 3_000 }

/**
 * Batches that take their requests with the create and carry no mark of ours. One at a time: another create that is on its
 * way as the process is killed may never come there, and is held for a person.
 */
export const claude: Scenario = { name: 'claude', service: 'anthropic', concurrency: 1 }

/** Jobs over objects in a bucket, whose create may be repeated; two of the least size. */
export const bedrock: Scenario = {
  name: 'bedrock',
  service: 'bedrock',
  rows: 200,
  settings: { batch: { maxRequests: 100 } },
  capMicroUsd: 400_000,
}

/**
 * Batches that carry our mark in their name, on files that are no fence: what a replaced try has reserved stays reserved to
 * the end of the run, for which there is room here.
 */
export const gemini: Scenario = { name: 'gemini', service: 'gemini', capMicroUsd: 16_000 }

/** Jobs that carry our mark among what they are known by. */
export const mistral: Scenario = { name: 'mistral', service: 'mistral', capMicroUsd: 16_000 }

/** The same for documents, which are read and paid by the page. */
export const ocr: Scenario = { ...mistral, name: 'mistral ocr', scans: true, capMicroUsd: 600_000 }

/** Batches that a file seals, with our mark in their name. */
export const xai: Scenario = { name: 'xai', service: 'xai', capMicroUsd: 100_000 }

/** The same where two batches are made and nobody hears of it, or where two creates never arrive. */
export function unheard(scenario: Scenario): Scenario {
  return { ...scenario, name: `${scenario.name}, lost response`, faults: lostResponse.faults ?? [] }
}
export function unsent(scenario: Scenario): Scenario {
  return { ...scenario, name: `${scenario.name}, lost request`, faults: lostRequest.faults ?? [] }
}

/** The scenario in which a run meets an effect. */
export function scenarioFor(effect: Effect): Scenario {
  if (effect === 'doubt.create.post') return unsent(bedrock)
  if (effect.startsWith('doubt.fence') || effect.startsWith('doubt.replace')) return lostRequest
  if (effect.startsWith('doubt.')) return lostResponse
  if (effect.startsWith('retry.') || effect === 'collect.error.download') return retries
  if (effect.startsWith('cancel.')) return cancelled
  if (effect.startsWith('join.') || effect === 'track.write') return joined
  if (effect === 'merge.again.remove') return emptyFiles
  if (effect.startsWith('merge.again.')) return shortFiles
  if (effect === 'ask.unsure.sync') return lostAnswers
  if (effect.startsWith('ask.')) return realtime
  return effect === 'quota.void.commit' ? quota : plain
}

/** What a run meets once and no second time. */
export const metOnce: readonly Effect[] = ['run.start.commit', 'finish.commit', 'cancel.void.commit']

/** What no run meets whose state only goes forward. */
export const metAfterRestore: readonly Effect[] = ['intent.take.commit']
