/**
 * Words in the text of a request that provoke an outcome, so that people and tests can choose it by data:
 * `[[refusal]]`, `[[length]]` and so on anywhere in a user message or embedding input.
 */
export const knownMarkers = [
  'content_filter',
  'context_length',
  'empty',
  'finish_content_filter',
  'invalid_json',
  'length',
  'line_duplicate',
  'line_missing',
  'lone_surrogate',
  'non_object',
  'nul',
  'rate_limited',
  'refusal',
  'server_error',
  'server_error_once',
  'split',
  'wrong_schema',
] as const

export type Marker = (typeof knownMarkers)[number]

const noMarkers: ReadonlySet<Marker> = new Set()

export function findMarkers(text: string): ReadonlySet<Marker> {
  if (!text.includes('[[')) return noMarkers
  return new Set(knownMarkers.filter((marker) => text.includes(`[[${marker}]]`)))
}

/** The text without its markers, so that they do not show up in answers. */
export function withoutMarkers(text: string): string {
  return text.includes('[[') ? text.replaceAll(/\[\[\w+\]\]/g, ' ') : text
}
