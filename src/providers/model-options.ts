import { OffpeakError } from '../domain/errors.ts'

const addressNames: ReadonlySet<string> = new Set(['baseurl', 'url', 'endpointurl', 'host'])

/**
 * The guard against options that a model or a service does not take, as job files are read without a compiler: an
 * address under another name would be passed over, and the rows sent, and paid, at the official one. Throws
 * E_JOB_INVALID.
 */
export function requireModelOptions(where: string, given: unknown, known: readonly string[]): void {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null)
    throw new OffpeakError('E_JOB_INVALID', 'the options are none', {
      where,
      fix: `it takes { ${known.join(', ')} }`,
    })
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const elsewhere = addressNames.has(unknown.toLowerCase())
    ? '. Another address is named by the environment, or by openaiCompatible({ baseUrl })'
    : ''
  throw new OffpeakError('E_JOB_INVALID', `there is no \`${unknown}\` of a model here`, {
    where,
    fix: known.length === 0 ? `it takes no options${elsewhere}` : `it takes ${known.join(', ')}${elsewhere}`,
  })
}
