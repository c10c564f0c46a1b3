const mostKeys = 6
/** What looks like the name of a field; anything else could be what somebody wrote. */
const fieldName = /^[A-Za-z_][\w.-]{0,39}$/

/**
 * Shape of a parsed line in a few words and without its values: for a message about a line that cannot be read, such as
 * `an object with recordId, modelInput, modelOutput`.
 */
export function lineShape(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value !== 'object') return typeof value === 'string' ? 'a text' : `a ${typeof value}`
  const keys = Object.keys(value)
  if (keys.length === 0) return 'an empty object'
  const named = keys.filter((key) => fieldName.test(key)).slice(0, mostKeys)
  if (named.length === 0) return `an object of ${keys.length} fields`
  const more = keys.length - named.length
  return `an object with ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}
