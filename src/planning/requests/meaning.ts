import type { ModelRequest } from '../../domain/request.ts'
import { isEmbedding } from '../../domain/request.ts'
import { fingerprint } from './fingerprint.ts'

/**
 * Meaning that all requests of a run share, each part as a hash of its own, so that a later run can tell which of them
 * changed. `settings` are sampling and the parameters that decide an answer.
 */
export interface SharedMeaning {
  readonly model: string
  readonly schema: string
  readonly version: string
  readonly settings: string
}

export const sharedParts = [
  'model',
  'schema',
  'version',
  'settings',
] as const satisfies readonly (keyof SharedMeaning)[]

/** Parts of a request that can have changed since a record was answered; `prompt`: its own texts and files. */
export type MeaningPart = 'prompt' | (typeof sharedParts)[number]

export const meaningParts: readonly MeaningPart[] = ['prompt', ...sharedParts]

/** Parameters that bound, place or name a request and leave what is asked as it is. */
const notMeant = new Set([
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'service_tier',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'store',
  'timeout',
])

/** The shared meaning of requests like this one; `place` sets apart what must never count for each other. */
export function sharedMeaning(
  request: ModelRequest,
  { version, place }: { readonly version: string; readonly place: string },
): SharedMeaning {
  const extra = Object.entries(request.extra).filter(([name]) => !notMeant.has(name))
  const own = isEmbedding(request) ? { dimensions: request.dimensions } : { temperature: request.temperature }
  const schema = isEmbedding(request) ? null : request.schema
  return {
    model: short([request.model]),
    schema: short([canonical(schema)]),
    version: short([version]),
    settings: short([place, canonical({ ...own, extra: Object.fromEntries(extra) })]),
  }
}

const sharedLength = 10
const ownLength = 21

function short(parts: readonly string[]): string {
  return fingerprint(parts).slice(0, sharedLength)
}

/** JSON whose keys are in one order at every depth. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? ''
  )
}

/**
 * A function from the texts and files of a request, in their order, to a mark of its meaning, 32 characters: `m`, ten
 * of what all requests of the job share, 21 of its own. Equal marks mean equal questions; limits, delivery and encoding
 * leave them as they are.
 */
export function meaningMarks(shared: SharedMeaning): (own: readonly (string | Uint8Array)[]) => string {
  const mark = sharedMark(shared)
  return (own) => `${mark}${fingerprint(own).slice(0, ownLength)}`
}

/** How the marks of all requests with this meaning begin, in eleven characters. */
export function sharedMark(shared: SharedMeaning): string {
  return `m${short(sharedParts.map((part) => shared[part]))}`
}

/** The part of a mark that is its own texts and files. */
export function ownMark(mark: string): string {
  return mark.slice(1 + sharedLength)
}

/** A record's mark now, and what versions before had in its place. */
export interface Marked {
  readonly fingerprint: string
  /** The hash of its body's bytes. */
  readonly former: () => string
}

/**
 * Whether what was answered is what is asked now. A mark of an earlier version was made of the bytes of a request: where
 * these differ nobody knows whether anything that matters does (`unknown`).
 */
export function compareMeaning(before: string, now: Marked): 'same' | 'changed' | 'unknown' {
  if (before === now.fingerprint) return 'same'
  if (before.startsWith('m')) return 'changed'
  return before === now.former() ? 'same' : 'unknown'
}

/**
 * Which parts changed between two marks. `then` is the shared meaning of the run that was answered; null: it is not
 * known, and `settings` stands for whatever of it changed.
 */
export function changedParts(
  before: string,
  after: string,
  then: SharedMeaning | null,
  now: SharedMeaning,
): readonly MeaningPart[] {
  const own = ownMark(before) === ownMark(after) ? [] : (['prompt'] as const)
  if (before.slice(0, 1 + sharedLength) === after.slice(0, 1 + sharedLength)) return own
  const shared =
    then === null ? (['settings'] as const) : sharedParts.filter((part) => then[part] !== now[part])
  return [...own, ...shared]
}
