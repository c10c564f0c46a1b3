import { OffpeakError } from '../../../domain/errors.ts'
import { typedKey } from '../../../wording/typed-key.ts'
import { otherWay, type Preference, type PreferenceCounts } from '../../../domain/preference.ts'
import type { Sides } from '../../../ports/store/answers.ts'
import type { Flow } from '../../flow.ts'
import { belongsTo, isAccepted, requireOneJob, type Side, sideName } from './sides.ts'

/**
 * The note of which of two answers to a record a person finds better, in place of an earlier one; null takes that back.
 * Returns what people preferred so far. Throws E_USAGE for sides without a record in common, and E_RECORD_UNKNOWN when
 * one of them has no accepted answer to this one.
 */
export async function prefer(
  flow: Pick<Flow, 'store' | 'clock' | 'job'>,
  a: Side,
  b: Side,
  key: string,
  preference: Preference | null,
): Promise<PreferenceCounts> {
  requireOneJob(a, b)
  if (a.run.id === b.run.id)
    throw new OffpeakError(
      'E_USAGE',
      `${sideName(a)} and ${sideName(b)} have no record in common: each is asked with one variant`,
      { fix: 'compare two runs record by record, and two variants by their figures' },
    )
  for (const side of [a, b]) {
    const request = await flow.store.request(side.run.id, key)
    if (request && isAccepted(request) && (await belongsTo(flow, side))(request)) continue
    throw new OffpeakError(
      'E_RECORD_UNKNOWN',
      `${sideName(side)} has no accepted answer to ${typedKey(key)}`,
      {
        fix: 'prefer between answers that both sides have',
      },
    )
  }
  const { sides, turned } = inOrder(a, b)
  const said = preference !== null && turned ? otherWay(preference) : preference
  await flow.store.prefer(sides, key, said, flow.clock.now())
  return preferredOf(flow, a, b)
}

/** How often people preferred which side. */
export async function preferredOf(
  { store }: Pick<Flow, 'store'>,
  a: Side,
  b: Side,
): Promise<PreferenceCounts> {
  const { sides, turned } = inOrder(a, b)
  const counts = await store.preferenceCounts(sides)
  return turned ? { ...counts, a: counts.b, b: counts.a } : counts
}

/** Preferences for these records. */
export async function preferencesOf(
  { store }: Pick<Flow, 'store'>,
  a: Side,
  b: Side,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Preference>> {
  const { sides, turned } = inOrder(a, b)
  const said = await store.preferences(sides, keys)
  return turned ? new Map([...said].map(([key, preference]) => [key, otherWay(preference)])) : said
}

/** The same pair has one order in the state, whichever side is named first. */
function inOrder(a: Side, b: Side): { readonly sides: Sides; readonly turned: boolean } {
  const [one, other] = [sideName(a), sideName(b)]
  return one <= other
    ? { sides: { a: one, b: other }, turned: false }
    : { sides: { a: other, b: one }, turned: true }
}
