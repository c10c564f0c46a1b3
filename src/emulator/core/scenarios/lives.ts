import type { BatchScenario, ScenarioOption } from './definition.ts'

const window: ScenarioOption = {
  kind: 'number',
  fallback: 60,
  about: 'provider seconds until the window closes',
}
const stuck: ScenarioOption = {
  kind: 'number',
  fallback: null,
  about: 'provider seconds; always: to the end',
}

/** Scenarios of a batch as a whole; played by whoever moves it through its states. */
export const lifeScenarios: readonly BatchScenario[] = [
  {
    // Recorded: an expired batch of 10 with 1 completed, its output file present (warmbly#333); OpenAI guide, Batch API.
    name: 'expire-partial',
    concerns: 'batch',
    summary: 'expires with half of its answers; the other requests end as expired',
    options: {
      fraction: { kind: 'number', fallback: 0.5, about: 'the share of the lines that run, from 0 to 1' },
      windowSeconds: window,
    },
  },
  {
    name: 'expire-all',
    concerns: 'batch',
    summary: 'expires without an answer',
    options: { windowSeconds: window },
  },
  {
    // kaapi-backend#723, litellm#33987: completed, no output file, completed 0 and failed n.
    name: 'all-failed',
    concerns: 'batch',
    summary: 'ends as any other although every request failed',
    lines: () => ({ instead: (line) => line.failed(500) }),
  },
  {
    // openai-python#2084: failed batches seemed to hold the quota for a while.
    name: 'quota-leak',
    concerns: 'batch',
    summary: 'holds its enqueued tokens for a while after it has ended',
    options: { seconds: { kind: 'number', fallback: 600, about: 'provider seconds' } },
  },
  {
    name: 'stuck-validating',
    concerns: 'batch',
    summary: 'stays in validating',
    options: { seconds: stuck },
  },
  {
    name: 'stuck-in-progress',
    concerns: 'batch',
    summary: 'stays in in_progress without an answer',
    options: {
      fraction: { kind: 'number', fallback: 0, about: 'the share of the lines that run before, from 0 to 1' },
      seconds: stuck,
    },
  },
  {
    name: 'stuck-finalizing',
    concerns: 'batch',
    summary: 'stays in finalizing when everything has run',
    options: { seconds: stuck },
  },
  {
    name: 'slow-day',
    concerns: 'batch',
    summary: 'waits eight hours before its first line runs',
    options: { seconds: { kind: 'number', fallback: 28_800, about: 'provider seconds' } },
  },
  {
    // llama-stack's recorded expectations: cancelling what has completed is a 409.
    name: 'cancel-race',
    concerns: 'batch',
    summary: 'completes at the moment it is cancelled: the cancel call is refused',
  },
  {
    // sourcelibrary-v2#643: cancelled jobs that went on to their end, and were billed.
    name: 'cancel-runs-on',
    concerns: 'batch',
    summary: 'runs every line although it is cancelled, and bills them',
  },
  {
    // OpenAI guide, Batch API: cancelling may take up to 10 minutes.
    name: 'slow-cancel',
    concerns: 'batch',
    summary: 'stays in cancelling for ten minutes',
    options: { seconds: { kind: 'number', fallback: 600, about: 'provider seconds' } },
  },
  {
    name: 'list-lag',
    concerns: 'batch',
    summary: 'is not in the list at first',
    options: { ms: { kind: 'number', fallback: 5000, about: 'real milliseconds' } },
  },
  {
    // tensorzero#1198: a poll of an old batch is answered 404.
    name: 'gone',
    concerns: 'batch',
    summary: 'is answered 404 once it has ended',
  },
]
