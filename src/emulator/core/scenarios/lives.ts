import { serverError } from '../../dialects/openai/answers/executed.ts'
import type { BatchScenario, ScenarioOption } from './definition.ts'
import { validationCodes } from '../../dialects/openai/scenarios/validation-texts.ts'

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
const code = (fallback: string): ScenarioOption => ({
  kind: 'text',
  fallback,
  about: `the error's code: ${validationCodes.join(', ')}, or another`,
})

/** What becomes of a batch as a whole; played by whoever moves it through its states. */
export const lifeScenarios: readonly BatchScenario[] = [
  {
    // Recorded: an expired batch of 10 with 1 completed, its output file present (warmbly#333); OpenAI guide, Batch API.
    name: 'expire-partial',
    concerns: 'batch',
    summary: 'expires with half of its answers; the rest stand in the error file as batch_expired',
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
    summary: 'ends as completed although every request failed: no output file',
    lines: () => ({ instead: () => serverError() }),
  },
  {
    name: 'validation-fail',
    concerns: 'batch',
    summary: 'is refused when its file is checked: failed, nothing runs, nothing is billed',
    options: {
      code: code('invalid_json_line'),
      line: { kind: 'number', fallback: 0, about: 'the line that is named; 0: as it belongs to the code' },
      message: { kind: 'text', fallback: null, about: 'the words, where they are to be others' },
      param: { kind: 'text', fallback: null, about: 'the parameter that is named' },
    },
  },
  {
    // Azure guide, Global Batch: both file ids are there on a failed batch, and both files are empty.
    name: 'failed-with-files',
    concerns: 'batch',
    summary: 'fails when its file is checked and names two empty files, as Azure does, on any path',
    options: { code: code('token_limit_exceeded') },
  },
  {
    // Azure guide, Global Batch: a batch may fail when it was under way; what has run is in its files.
    name: 'failed-after-running',
    concerns: 'batch',
    summary: 'fails after its lines have run: the answers are in its files, and billed',
  },
  {
    // openai-python#1643, #2084: the create call is answered 200, the batch fails minutes later.
    name: 'token-limit',
    concerns: 'batch',
    summary: 'fails with token_limit_exceeded after it was created',
  },
  {
    // Azure guide, Global Batch: fail-fast regions.
    name: 'token-limit-sync',
    concerns: 'batch',
    refusesCreate: true,
    summary: 'the create call is refused with token_limit_exceeded',
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
    summary: 'completes at the moment it is cancelled: the cancel call is answered 409',
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
    // curator#116: "Cannot find file" straight after the upload.
    name: 'file-not-visible',
    concerns: 'batch',
    refusesCreate: true,
    summary: 'the create call is refused although its file is there',
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
