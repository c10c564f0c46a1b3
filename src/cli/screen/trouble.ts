import type { StateTrouble } from '../../ports/state-trouble.ts'
import { capital } from '../../wording/capital.ts'
import { cleanLine } from './clean.ts'
import { formatDuration } from '../../wording/duration.ts'
import { formatUtc } from './format.ts'
import type { CommandContext } from '../command.ts'
import type { Progress } from './progress.ts'

/** Words on the trouble of a state that is waited for: why, since when, and what that means. */
export function troubleWords({ kind, since, words }: StateTrouble): string {
  const said = `${capital(cleanLine(words))}, since ${formatUtc(since)}.`
  if (kind === 'busy') return said
  return `${said} Waiting for ${kind === 'full' ? 'room' : 'it'}; nothing is lost.`
}

/** Words on the end of that trouble. */
export function overWords({ since }: StateTrouble, now: number): string {
  return `The state does what it is told again, after ${formatDuration(now - since)}.`
}

/**
 * While it is held, a state that is waited for is told on the screen that is drawn, or as a line of JSON among the
 * others; else it is a line among the words.
 */
export function showTrouble(context: CommandContext, progress: Progress | null): Disposable {
  if (!context.globals.json)
    return progress === null ? { [Symbol.dispose]: () => undefined } : context.onTrouble(onScreen(progress))
  return context.onTrouble((trouble) =>
    context.printJson({
      schema: 'offpeak.state/2',
      at: new Date(context.io.now()).toISOString(),
      trouble: trouble?.kind ?? null,
      since: trouble === null ? null : new Date(trouble.since).toISOString(),
      words: trouble?.words ?? null,
    }),
  )
}

function onScreen(progress: Progress): (trouble: StateTrouble | null) => void {
  let told: StateTrouble | null = null
  return (trouble) => {
    const before = told
    told = trouble
    if (trouble !== null) progress.alarm(troubleWords(trouble))
    else if (before !== null) progress.calm((now) => overWords(before, now))
  }
}
