import { z } from 'zod'

/**
 * Values under names that come from outside. The record of the schema library leaves a name out that is `__proto__`,
 * without a word; here it is a name like any other.
 */
export const namedValues = z.custom<Readonly<Record<string, unknown>>>(isNamedValues, {
  error: 'Invalid input: expected an object',
})

/** The same, of texts no longer than `maxCharacters`. */
export function namedTexts(maxCharacters: number): z.ZodType<Readonly<Record<string, string>>> {
  return z.custom<Readonly<Record<string, string>>>(
    (value) =>
      isNamedValues(value) &&
      Object.values(value).every((text) => typeof text === 'string' && text.length <= maxCharacters),
    { error: `Invalid input: expected an object of texts, of ${maxCharacters} characters at most` },
  )
}

function isNamedValues(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
