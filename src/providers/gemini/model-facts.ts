/**
 * What is known of Gemini models by their names (Gemini documents as of November 2026). Decides what is said before
 * anything is sent, never about a price.
 */

interface Version {
  readonly major: number
  readonly minor: number
  /** `pro`, `flash`, `flash-lite`. */
  readonly line: string
}

function versionOf(name: string): Version | null {
  const [, major, minor, line] = /^gemini-(\d+)(?:\.(\d+))?-(flash-lite|flash|pro)(?![a-z])/.exec(name) ?? []
  if (major === undefined || line === undefined) return null
  return { major: Number(major), minor: Number(minor ?? 0), line }
}

/**
 * Whether a model thinks always, unless it is told not to, or only when it is asked to (Gemini document, Thinking, for 2.5).
 * `perhaps`: how newer ones do by default is not written down here.
 */
export function thinks(name: string): 'always' | 'unless forbidden' | 'asked' | 'never' | 'perhaps' {
  const version = versionOf(name)
  if (version === null) return 'perhaps'
  const { major, minor, line } = version
  if (major < 2 || (major === 2 && minor < 5)) return 'never'
  if (line === 'pro') return 'always'
  if (major > 2) return 'perhaps'
  return line === 'flash-lite' ? 'asked' : 'unless forbidden'
}

/** Models from 3 on take a level of thinking, those before a budget alone (Gemini document, Thinking). */
export function takesThinkingLevel(name: string): boolean {
  return (versionOf(name)?.major ?? 3) >= 3
}

/** How many numbers a vector has where the length is not asked for (Gemini document, Embeddings); null: another model. */
export function vectorLength(name: string): number | null {
  return name.startsWith('gemini-embedding-') ? 3_072 : null
}
