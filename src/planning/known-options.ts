import { OffpeakError } from '../domain/errors.ts'
import { didYouMean } from './text/near-names.ts'

/**
 * Every option of a function that jobs call, by its name, and whether it can be left out: the compiler misses none.
 * `checked`: the function says itself what is wrong with one that is missing.
 */
export type OptionNames<Options> = {
  readonly [Name in keyof Required<Options>]: undefined extends Options[Name]
    ? 'optional'
    : 'needed' | 'checked'
}

/**
 * Refuses an option that a function of jobs does not have, which would be passed over in silence, and one that is needed
 * and missing; `called` is what people write, as `csv.rows`. Throws E_JOB_INVALID.
 */
export function checkOptions<Options extends object>(
  called: string,
  options: Options,
  names: OptionNames<Options>,
): void {
  const given: unknown = options
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw invalid(called, `takes its options as one object: ${Object.keys(names).join(', ')}`)
  const all = Object.keys(names)
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name))
  if (unknown !== undefined)
    throw invalid(
      called,
      `has no option \`${unknown}\`.${didYouMean(unknown, all) || ` There are ${all.join(', ')}.`}`,
    )
  const missing = Object.entries(names).find(
    ([name, need]) => need === 'needed' && Reflect.get(given, name) === undefined,
  )
  if (missing !== undefined) throw invalid(called, `needs the option \`${missing[0]}\``)
}

function invalid(called: string, what: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', `\`${called}\` ${what}`, {
    fix: 'name it as the pages about sources and jobs do (docs/tables.md, docs/jobs.md)',
  })
}
