import type { CountTokens } from './count-tokens.ts'
import { boundaryAtOrBefore } from './grapheme-boundary.ts'
import { beforePair } from '../text/surrogates.ts'

/** How long a text may stay, and what is put where it was cut (` […]`); the marker counts towards the length. */
export type Truncation =
  | { readonly characters: number; readonly marker?: string }
  | { readonly tokens: number; readonly count: CountTokens; readonly marker?: string }

/** So often the text is counted at most to find the place for a number of tokens. */
const maxCounts = 24

/**
 * The beginning of a text, at most `characters` (UTF-16 units, as `text.length` counts) or `tokens` long with its
 * marker, and never cut inside what a reader sees as one character. A text that is short enough comes back as it is.
 * Cutting by characters takes the same time for every length of text. Marker too long for the length: no marker.
 */
export function truncate(text: string, to: Truncation): string {
  return 'characters' in to
    ? toCharacters(text, to.characters, to.marker ?? '')
    : toTokens(text, to.tokens, to.count, to.marker ?? '')
}

function toCharacters(text: string, characters: number, marker: string): string {
  if (text.length <= characters) return text
  const shown = marker.length <= characters ? marker : ''
  return text.slice(0, boundaryAtOrBefore(text, Math.floor(characters) - shown.length)) + shown
}

function toTokens(text: string, tokens: number, count: CountTokens, marker: string): string {
  let over = Math.min(text.length, Math.max(16, Math.ceil(tokens) * 4))
  let overTokens = count(text.slice(0, beforePair(text, over)))
  while (overTokens <= tokens) {
    if (over === text.length) return text
    over = Math.min(text.length, over * 2)
    overTokens = count(text.slice(0, beforePair(text, over)))
  }
  const shown = count(marker) <= tokens ? marker : ''
  let best = shown
  let low = 0
  let lowTokens = 0
  for (let counts = 0; counts < maxCounts && over - low > 1; counts += 1) {
    // By turns where the tokens would be if they were spread evenly, which is near, and the middle, which is sure.
    const even = low + Math.floor(((over - low) * (tokens - lowTokens)) / (overTokens - lowTokens))
    const place = counts % 2 === 0 ? Math.min(Math.max(even, low + 1), over - 1) : (low + over) >> 1
    const candidate = text.slice(0, boundaryAtOrBefore(text, place)) + shown
    const used = count(candidate)
    if (used > tokens) [over, overTokens] = [place, used]
    else [low, lowTokens, best] = [place, used, candidate]
  }
  return best
}
