import type { StateTrouble } from '../../ports/state-trouble.ts'
import { capital } from '../../wording/capital.ts'
import { cleanLine } from './clean.ts'
import { formatDuration } from '../../wording/duration.ts'
import { formatUtc } from './format.ts'

/** That the state is waited for: why, since when, and what that means. */
export function troubleWords({ kind, since, words }: StateTrouble): string {
  const said = `${capital(cleanLine(words))}, since ${formatUtc(since)}.`
  if (kind === 'busy') return said
  return `${said} Waiting for ${kind === 'full' ? 'room' : 'it'}; nothing is lost.`
}

/** That it is over. */
export function overWords({ since }: StateTrouble, now: number): string {
  return `The state does what it is told again, after ${formatDuration(now - since)}.`
}
