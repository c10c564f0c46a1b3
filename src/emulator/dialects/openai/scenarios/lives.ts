import type { BatchScenario, ScenarioOption } from '../../../core/scenarios/definition.ts'
import { validationCodes } from './validation-texts.ts'

const code = (fallback: string): ScenarioOption => ({
  kind: 'text',
  fallback,
  about: `the error's code: ${validationCodes.join(', ')}, or another`,
})

/** Batches that are refused, or fail as a whole. */
export const lifeScenarios: readonly BatchScenario[] = [
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
    // curator#116: "Cannot find file" straight after the upload.
    name: 'file-not-visible',
    concerns: 'batch',
    refusesCreate: true,
    summary: 'the create call is refused although its file is there',
  },
]
