/**
 * What is known of Claude models by their names (documents and client of Anthropic as of November 2026, and runs of
 * October 2026 by others). Decides what is said before anything is sent, never about a price.
 */

interface Version {
  readonly line: string
  readonly major: number
  readonly minor: number
}

/** `claude-haiku-5-5`, `claude-opus-5`, `claude-sonnet-4-5-20250929`; null for older names and for those of others. */
function versionOf(name: string): Version | null {
  const [, line, major, minor] = /^claude-([a-z]+)-(\d{1,2})(?:-(\d{1,2}))?(?:-\d{8})?$/i.exec(name) ?? []
  if (line === undefined || major === undefined) return null
  return { line: line.toLowerCase(), major: Number(major), minor: Number(minor ?? 0) }
}

/** `claude-3-5-haiku-20241022` and before. */
function isOlder(name: string): boolean {
  return /^claude-(?:[23](?![\w])|3-|instant)/i.test(name)
}

/**
 * Whether a model takes temperature, top_p and top_k: current ones refuse all but their defaults, and the parameters are
 * gone from Anthropic's own client (@anthropic-ai/sdk 1.14). `perhaps`: it is not written down.
 */
export function takesSampling(name: string): 'yes' | 'no' | 'perhaps' {
  const version = versionOf(name)
  if (version === null) return isOlder(name) ? 'yes' : 'perhaps'
  if (version.major >= 5) return 'no'
  return version.major === 4 && version.minor > 5 ? 'perhaps' : 'yes'
}

/**
 * Whether a model thinks before it answers unless it is told not to (Haiku, Sonnet and Opus 5.5), always (Opus 5.5 and
 * Fable), or only when it is asked to. `perhaps`: it is not written down.
 */
export function thinks(name: string): 'always' | 'unless forbidden' | 'asked' | 'perhaps' {
  const version = versionOf(name)
  if (version === null) return isOlder(name) ? 'asked' : 'perhaps'
  const { line, major, minor } = version
  if (line === 'fable') return 'always'
  if (major > 5 || (major === 5 && minor >= 5)) {
    if (line === 'opus') return 'always'
    return line === 'haiku' || line === 'sonnet' ? 'unless forbidden' : 'perhaps'
  }
  return major < 5 ? 'asked' : 'perhaps'
}

/**
 * Whether a model is known to be older than those that take a schema for their answers: Opus, Sonnet and Haiku from 4.5 on,
 * on Bedrock as well (Anthropic document, Structured outputs).
 */
export function lacksSchemas(name: string): boolean {
  const version = versionOf(name)
  if (version === null) return isOlder(name)
  return version.major < 4 || (version.major === 4 && version.minor < 5)
}

/** Models from 4.7 on make about 30 % more tokens of the same text (Anthropic document, Token counting). */
export function countsMore(name: string): boolean {
  const version = versionOf(name)
  if (version === null) return !isOlder(name)
  return version.major > 4 || version.minor >= 7
}
