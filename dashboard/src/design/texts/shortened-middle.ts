const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * A key for a narrow place: of a long one the beginning and the end, which tell keys apart that begin alike. Characters
 * are counted as people see them.
 */
export function shortenedMiddle(text: string, mostCharacters: number): string {
  if (text.length <= mostCharacters) return text
  const parts = [...segments.segment(text)].map(({ segment }) => segment)
  if (parts.length <= mostCharacters) return text
  const end = Math.ceil((mostCharacters - 1) / 2)
  return `${parts.slice(0, mostCharacters - 1 - end).join('')}…${parts.slice(-end).join('')}`
}
