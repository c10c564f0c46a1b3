import { knownMarkers } from '../answers/markers.ts'
import { type JsonObject, asJson, isObject, parseJson } from '../json.ts'
import { numberOption, textOption } from '../records.ts'
import { type BatchScenario, every } from './definition.ts'
import { type LineAt, isStruck } from './line-play.ts'

const onFirst = (line: LineAt, change: () => readonly string[], text: string): readonly string[] =>
  line.index === 0 ? change() : [text]

/** Scenarios of the lines in the result files of a batch; all of it is billed as it ran. */
export const lineScenarios: readonly BatchScenario[] = [
  {
    // OpenRouter and Anthropic clients check for it; aqueduct#55 (a server that dropped lines).
    name: 'missing-lines',
    concerns: 'batch',
    summary: 'leaves answers out of its files; they have run and are billed',
    options: {
      every: every(10),
      counts: {
        kind: 'choice',
        of: ['promised', 'honest', 'zero', 'null'],
        fallback: 'promised',
        about: 'what it counts: all that ran, only what is in the file, zeros, or null',
      },
    },
    lines: (scenario) => ({ written: (text, line) => (isStruck(scenario, line) ? [] : [text]) }),
    counts: (counts, { batch, scenario }) => {
      const { settlement } = batch
      switch (textOption(scenario, 'counts')) {
        case 'honest':
          return settlement === null ? counts : { ...counts, completed: settlement.outputLines }
        case 'zero':
          return { total: 0, completed: 0, failed: 0 }
        case 'null':
          return { total: null, completed: null, failed: null }
        default:
          return counts
      }
    },
  },
  {
    // any-llm#1346, GoModel#108.
    name: 'duplicate-lines',
    concerns: 'batch',
    summary: 'writes answers twice',
    options: { every: every(10) },
    lines: (scenario) => ({ written: (text, line) => (isStruck(scenario, line) ? [text, text] : [text]) }),
  },
  {
    // any-llm#1346, GoModel#108.
    name: 'unknown-custom-id',
    concerns: 'batch',
    summary: 'answers a request that nobody sent, next to the others',
    lines: () => ({
      written: (text, line) => onFirst(line, () => [text, strayLine(text, line)], text),
    }),
  },
  {
    name: 'no-custom-id',
    concerns: 'batch',
    summary: 'leaves the custom_id out of its first line',
    lines: () => ({
      shown: (result, line) => (line.index === 0 ? withId(result, line, null) : result),
    }),
  },
  {
    // A gateway that gives requests ids of its own and does not turn them back.
    name: 'changed-custom-ids',
    concerns: 'batch',
    summary: 'answers every request under a custom_id that is not ours, as a gateway that renames them',
    lines: () => ({
      shown: (result, line) => withId(result, line, `gw-${line.index}-${line.batch.id.slice(-8)}`),
    }),
  },
  {
    name: 'malformed-line',
    concerns: 'batch',
    summary: 'has one line that is no JSON',
    lines: () => ({
      written: (text, line) => onFirst(line, () => [text.slice(0, Math.floor(text.length / 2))], text),
    }),
  },
  {
    name: 'truncated-output',
    concerns: 'batch',
    summary: 'its output file ends in the middle of a line, at the service already',
    options: { bytes: { kind: 'number', fallback: 40, about: 'how many bytes are missing' } },
  },
  {
    name: 'line-5xx',
    concerns: 'batch',
    summary: 'fails requests with a 500 (or 429, 503 …); they are not billed',
    options: { every: every(10), status: { kind: 'number', fallback: 500, about: 'the status of the line' } },
    lines: (scenario) => ({
      instead: (line) => (isStruck(scenario, line) ? line.failed(numberOption(scenario, 'status')) : null),
    }),
  },
  {
    // Anthropic document, Service tiers: a tier other than that of batches means no discount.
    name: 'wrong-tier',
    concerns: 'batch',
    summary: 'runs requests in the tier of real time, says so where it says any, and bills the full price',
    options: { every: every(1) },
    lines: (scenario) => ({
      ran: (executed, line) => {
        const { body, usage } = executed
        if (!isStruck(scenario, line) || usage === null) return executed
        const answer = asJson(body)
        const shown = answer === null ? body : (line.inStandardTier?.(answer) ?? body)
        return { ...executed, body: shown, usage: { ...usage, fullPrice: true } }
      },
    }),
  },
  {
    name: 'outcome',
    concerns: 'batch',
    summary: 'gives requests one of the outcomes that a marker in a text provokes',
    options: {
      every: every(10),
      of: { kind: 'choice', of: [...knownMarkers], fallback: 'refusal', about: 'the marker' },
    },
    lines: (scenario) => ({
      asked: (body, line) =>
        isStruck(scenario, line) ? line.withMessage(body, `[[${textOption(scenario, 'of')}]]`) : body,
    }),
  },
]

function withId(result: JsonObject, line: LineAt, id: string | null): JsonObject {
  if (line.withId) return line.withId(result, id)
  const { custom_id: _customId, ...rest } = result
  return id === null ? rest : { ...result, custom_id: id }
}

/** The same line again, as the answer to a request that nobody sent. */
function strayLine(text: string, line: LineAt): string {
  const result = parseJson(text)
  return isObject(result) ? JSON.stringify(withId(result, line, 'nobody-asked-for-this')) : text
}
