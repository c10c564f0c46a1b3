import type { RemoteBatch } from '../../ports/provider/batch-service.ts'

/** No bound of a batch's name is written down; of a cache's name of the same service it is this one, in characters. */
const maxName = 128

/** What a name carries, the most needed first; the name of the job, which can be long, last. */
const carried = [
  'offpeak_nonce',
  'offpeak',
  'offpeak_run',
  'offpeak_batch',
  'offpeak_attempt',
  'offpeak_input',
  'offpeak_job',
] as const
const ours = 'offpeak'

/** The one name that the service keeps of a batch, made of as much of its metadata as the name may hold. */
export function nameOf(metadata: Readonly<Record<string, string>>): string {
  let name: string = ours
  for (const key of carried) {
    // A name of a job that was cut within its last letter is no text that can be encoded.
    const value = (metadata[key] ?? '').toWellFormed()
    const longer = `${name}/${encodeURIComponent(value)}`
    if (longer.length > maxName) break
    name = longer
  }
  return name
}

/** The way back; a name that is not ours stays what it is, so that its batch is known to be somebody else's. */
export function metadataOf(name: string): RemoteBatch['metadata'] {
  const [first, ...values] = name.split('/')
  if (first !== ours || !values[0]) return { display_name: name }
  return Object.fromEntries(
    carried.flatMap((key, index) => {
      const value = decoded(values[index] ?? '')
      return value === '' ? [] : [[key, value]]
    }),
  )
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
