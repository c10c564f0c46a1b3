import type { RemoteState } from '../../../domain/attempt.ts'
import type { AtProvider } from '../../../engine/queries/at-provider.ts'
import { cleanLine } from '../clean.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatDuration } from '../../../wording/duration.ts'

const ended: readonly RemoteState[] = ['completed', 'failed', 'expired', 'cancelled']

/** Whether everything that a run has at its provider has ended there. */
export function hasEndedThere({ batches, notAsked }: AtProvider): boolean {
  return (
    batches.length > 0 &&
    notAsked === 0 &&
    batches.every(({ state }) => state !== null && ended.includes(state))
  )
}

/** Lines on the provider's account of a run that no process continues, and the command that continues it. */
export function atProviderLines(run: string, seen: AtProvider, now: number): readonly string[] {
  const { dueSince, batches, notAsked, message: words } = seen
  const age = formatDuration(now - dueSince)
  const head = `No process drives this run; its next step has been due for ${age}.`
  const resume = `\`offpeak resume ${run}\``
  if (words !== null)
    return [
      head,
      `The provider could not be asked (${cleanLine(words)}): what is shown is at least ${age} old.`,
      `${resume} resumes it.`,
    ]
  if (batches.length === 0) return [head, `${resume} resumes it.`]
  const states = Map.groupBy(batches, ({ state }) => state)
  const said = [...states].map(([state, of]) => {
    const answered = of.reduce((sum, { counts }) => sum + (counts?.completed ?? 0) + (counts?.failed ?? 0), 0)
    const total = of.reduce((sum, { counts }) => sum + (counts?.total ?? 0), 0)
    const which = `${plural(of.length, 'batch', 'batches')}${of.length <= 5 ? ` (${of.map(({ n }) => n).join(', ')})` : ''}`
    return state === null
      ? `${which} not described: ${cleanLine(of[0]?.message ?? '')}`
      : `${which} ${state.replaceAll('_', ' ')} at the provider${total === 0 ? '' : `, ${formatCount(answered)} of ${formatCount(total)} answered`}`
  })
  return [
    head,
    `Asked just now: ${said.join('; ')}${notAsked === 0 ? '' : `; ${formatCount(notAsked)} more not asked for`}.`,
    batches.some(({ state }) => state !== null && ended.includes(state))
      ? `${resume} fetches and merges what has ended there.`
      : `${resume} resumes it.`,
  ]
}
