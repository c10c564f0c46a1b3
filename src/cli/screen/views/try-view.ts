import type { TryResult } from '../../../engine/trial/try-result.ts'
import type { TryPlan } from '../../../engine/trial/try.ts'
import type { AnyJob } from '../../../ports/job.ts'
import { cleanKey, cleanLine } from '../clean.ts'
import { formatCount } from '../../../wording/count.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../paint.ts'
import { placeOf } from '../../../compose/job-words.ts'
import { cutToWidth, padToWidth, textWidth } from '../text-width.ts'

export interface TryViewOptions {
  readonly paint: Paint
  readonly columns: number
  readonly sink: NonNullable<AnyJob['to']> | null
  /** The columns or fields that make a record's key. */
  readonly sourceKey: readonly string[]
}

/** One block of lines for each record: what it cost, what came back, and what would become of it. */
export function tryLines(
  results: readonly TryResult[],
  unusable: TryPlan['unusable'],
  options: TryViewOptions,
): readonly string[] {
  const { paint, columns } = options
  const models = new Set(results.map(({ model }) => model)).size
  const byKey = Map.groupBy(results, ({ key }) => key)
  const blocks = [...byKey.values()].flat().map((result) => block(result, models > 1, options))
  const left = unusable.map(
    ({ key, reason }) =>
      `  ${paint.strong(cleanKey(key))}  ${paint.bad('unusable')}\n${wrapped(cleanLine(reason), columns)}`,
  )
  return [...blocks, ...left].map((text) => `${text}\n`)
}

function block(result: TryResult, withModel: boolean, options: TryViewOptions): string {
  const { paint, columns, sink, sourceKey } = options
  const { key, model, usage, costMicroUsd, outcome, reason, values, text, written } = result
  const figures = [
    withModel ? cleanLine(model) : null,
    usage ? `in ${formatCount(usage.inputTokens)} tok` : null,
    usage ? `out ${formatCount(usage.outputTokens)} tok` : null,
    outcome === 'not_sent'
      ? null
      : costMicroUsd === null
        ? 'price unknown'
        : outcome === 'unknown'
          ? `at most ${formatMost(costMicroUsd)}`
          : `${formatUsd(costMicroUsd)} real time`,
  ].filter((figure) => figure !== null)
  const word = wordOf(outcome)
  const head = `  ${cleanKey(key)}  ${figures.join('  ')}`
  const gap = Math.max(2, Math.min(columns, 100) - textWidth(head) - word.length)
  const painted = isGood(result)
    ? paint.good(word)
    : outcome === 'not_sent'
      ? paint.faint(word)
      : paint.bad(word)
  const lines = [`  ${paint.strong(cleanKey(key))}  ${figures.join('  ')}${' '.repeat(gap)}${painted}`]
  if (reason !== null) lines.push(wrapped(cleanLine(reason), columns))
  const held = outcome === 'held' ? objectOf(result.output) : null
  if (values !== null || held !== null) lines.push(...fields(values ?? held ?? {}, columns))
  else if (text !== null)
    lines.push(`    ${paint.faint('answer')}  ${cutToWidth(cleanLine(text), columns - 12)}`)
  if (outcome === 'held') lines.push(paint.faint('    waits for the other parts of its record'))
  else if (values !== null && sink !== null)
    lines.push(paint.faint(`    ${outcomeWords(sink, { key, columns: sourceKey }, values, written)}`))
  return lines.join('\n')
}

function wordOf(outcome: TryResult['outcome']): string {
  if (outcome === 'accepted' || outcome === 'held') return 'ok'
  if (outcome === 'unknown') return 'no answer'
  return outcome === 'not_sent' ? 'not sent' : outcome
}

function fields(values: Readonly<Record<string, unknown>>, columns: number): readonly string[] {
  const names = Object.keys(values)
  const width = Math.min(24, Math.max(0, ...names.map(textWidth)))
  return names.map((name) => {
    const label = padToWidth(cutToWidth(cleanLine(name), width), width)
    return `    ${label}  ${cutToWidth(cleanLine(wordsOf(values[name])), Math.max(20, columns - width - 6))}`
  })
}

function wordsOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return (
    JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ??
    'undefined'
  )
}

/** As in `would set headnote, topics on court_cases (id = 1042)`. */
function outcomeWords(
  sink: NonNullable<AnyJob['to']>,
  { key, columns }: { readonly key: string; readonly columns: readonly string[] },
  values: Readonly<Record<string, unknown>>,
  written: TryResult['written'],
): string {
  const names = Object.keys(values).map(cleanLine).join(', ')
  const id = cleanKey(key)
  const place = placeOf(sink)
  const verb = (wish: string, done: string): string => (written === null ? `would ${wish}` : done)
  const sentence =
    'file' in sink
      ? `${verb('write', 'wrote')} ${cleanLine(String(values['file']))}`
      : 'table' in sink
        ? `${verb('set', 'set')} ${names} on ${place} (${[sink.key ?? columns].flat().join(', ')} = ${id})`
        : 'upsert' in sink
          ? `${verb('insert or update', 'inserted or updated')} ${names} in ${place} (${[sink.key].flat().join(', ')})`
          : 'sink' in sink
            ? `${verb('write', 'wrote')} ${names} to ${cleanLine(place)}`
            : `${verb('append', 'appended')} key, ${names} to ${place}`
  if (written === null || written === 'written') return sentence
  return {
    same: 'was the same already',
    changed: 'not written: the row has changed meanwhile',
    missing: 'not written: there is no such row',
    rejected: 'not written: the sink refused it',
  }[written]
}

/** Whether the answer is one that a run would write, or keep until the other parts of its record are there. */
export function isGood({ outcome }: Pick<TryResult, 'outcome'>): boolean {
  return outcome === 'accepted' || outcome === 'held'
}

/** Outcomes of answers that came and did not fit what the job asks for. */
const misfits: ReadonlySet<TryResult['outcome']> = new Set(['invalid', 'truncated'])

/** As in `9 of 10 answers fit the schema (90 %); 8 of 12 records were answered well (67 %)`. */
export function complianceWords(results: readonly TryResult[]): string {
  const { answered, fitting, good, asked } = tallies(results)
  const share = (part: number, of: number): string =>
    of === 0 ? '' : ` (${Math.floor((100 * part) / of)} %)`
  return [
    `Schema compliance: ${formatCount(fitting)} of ${formatCount(answered)} answers${share(fitting, answered)}`,
    `success: ${formatCount(good)} of ${formatCount(asked)}${share(good, asked)}`,
  ].join(' · ')
}

function tallies(results: readonly TryResult[]): {
  readonly answered: number
  readonly fitting: number
  readonly good: number
  readonly asked: number
} {
  const answered = results.filter(({ text }) => text !== null)
  return {
    answered: answered.length,
    fitting: answered.filter(({ outcome }) => !misfits.has(outcome)).length,
    good: results.filter(isGood).length,
    asked: results.length,
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : { answer: value }
}

function wrapped(text: string, columns: number): string {
  return `    ${cutToWidth(text, Math.max(20, columns - 4))}`
}

/** The same for programs. */
export function tryJson(
  job: string,
  results: readonly TryResult[],
  unusable: TryPlan['unusable'],
  simulated: boolean,
): { readonly schema: string } & Readonly<Record<string, unknown>> {
  return {
    schema: 'offpeak.try/2',
    job,
    simulated,
    summary: tallies(results),
    results: results.map((result) => ({ ...result })),
    unusable: [...unusable],
  }
}
