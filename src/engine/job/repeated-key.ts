import { OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import type { RepeatedKeys, SourceReader } from '../../ports/source.ts'
import type { PreparedJob } from './prepare.ts'

/** Why a record whose key another one has already cannot be used: its answer could go to either. */
export const repeatedKey =
  'a record with this key came before; keys must be unique: choose another `key` for the source'

/** From this share of repeated records on, what is named as the key is no key. */
const noKeyShare = 0.5

/**
 * Warnings about keys that several records of the whole source have, or about a source that is too large for all of its
 * keys to be compared. Throws E_SOURCE_KEY when so many records share a key that it cannot be meant. Memory does not
 * grow with the records.
 */
export async function checkKeys(
  job: PreparedJob,
  reader: Pick<SourceReader<unknown>, 'repeatedKeys'>,
): Promise<readonly string[]> {
  const found = (await reader.repeatedKeys?.()) ?? null
  if (found === null) return []
  const names = job.source.keyFields.join(', ')
  if (found.records === 0)
    return found.hasMore === true
      ? [
          `the first ${found.of.toLocaleString('en-US')} records have a key (${names}) each; whether one behind them repeats a key is found by the run, which asks one record of each`,
        ]
      : []
  if (found.records < found.of * noKeyShare)
    return [
      `${wordsOf(found, names)}; of each key one record is asked (name columns that are unique as \`key\`)`,
    ]
  throw new OffpeakError('E_SOURCE_KEY', `${wordsOf(found, names)}: that is no key`, {
    where: `job ${job.job.name}`,
    fix: 'name the columns or fields that tell the records apart as `key` of the source',
  })
}

function wordsOf({ records, of, example, hasMore }: RepeatedKeys, names: string): string {
  const [count, all] = [records, of].map((number) => number.toLocaleString('en-US'))
  return `${count} of ${hasMore === true ? 'the first ' : ''}${all} records ${records === 1 ? 'has' : 'have'} a key (${names}) that a record before has too, as "${typedKey(example ?? '')}"`
}
