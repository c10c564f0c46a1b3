import { Refusal } from './errors.ts'
import type { BatchFaultRule } from './faults.ts'

/** Lives that a batch can be made to live; each was seen at a real provider. */
export const SCENARIOS: readonly string[] = [
  'expire-partial', // { fraction = 0.5, windowSeconds = 60 }
  'expire-all', // { windowSeconds = 60 }
  'all-failed',
  'validation-fail', // { code = 'invalid_json_line', line = 1, message?, param? }
  'token-limit',
  'token-limit-sync',
  'stuck-validating', // { seconds? }: absent = until the window closes
  'stuck-in-progress', // { fraction = 0, seconds? }
  'stuck-finalizing', // { seconds? }
  'slow-day', // { seconds = 28800 } before the first line runs
  'missing-lines', // { every = 10 }
  'duplicate-lines', // { every = 10 }
  'unknown-custom-id',
  'malformed-line',
  'truncated-output', // { bytes = 40 } cut from the end of the output file
  'empty-string-file-id',
  'capital-status',
  'iso-times',
  'null-counts',
  'usage-missing',
  'empty-error-file',
  'cancel-race',
  'slow-cancel', // { seconds = 600 }
  'file-not-visible', // the create call is refused although the file is there
  'list-lag', // { ms = 5000 } real time
  'line-5xx', // { every = 10, status = 500 }
  'gone', // 404 once terminal
]

/** `name`, `name@3` (the third batch), `name@all`. */
export function parseScenarioFlag(text: string): BatchFaultRule {
  const [name = '', where = '1'] = text.split('@')
  const nth = where === 'all' ? 1 : Number(where)
  if (!SCENARIOS.includes(name) || !Number.isInteger(nth) || nth < 1) {
    throw new Refusal(400, { message: `Unknown scenario '${text}'. Known: ${SCENARIOS.join(', ')}.` })
  }
  return {
    operation: 'batch',
    nth,
    times: where === 'all' ? Number.MAX_SAFE_INTEGER : 1,
    action: { type: 'scenario', name },
  }
}
