import type { Outcome } from '../../domain/outcome.ts'
import type { RunState } from '../../domain/run.ts'
import { keyArgument } from '../key-argument.ts'
import { needsChange } from '../remedies.ts'
import { shellWord } from '../shell-word.ts'
import { isOwnedRow } from '../taken-row.ts'
import { listedKey } from '../typed-key.ts'

/** Requests of a run that ended alike, with the keys of some of them. */
interface EndedAlike {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly examples: readonly string[]
  readonly count: number
}

/**
 * The command that most likely mends a group of requests, and what to do before it. It does something as it stands: what
 * would end the same again until a person has changed something is looked at, and `first` says what to change and how to
 * ask then.
 */
export interface Fix {
  readonly command: string
  readonly first: string | null
}

/** A run and where it stands. */
interface RunAt {
  readonly run: string
  readonly job: string
  readonly state: RunState
  /** How long one of its answers could be; null: it was never said. */
  readonly maxOutputTokens: number | null
}

/** So many times the limit is offered to answers that were cut at it. */
const roomier = 2

/** What to do about requests that ended so, as far as it works while their run is in this state. */
export function fixFor({ run, job, state, maxOutputTokens }: RunAt, group: EndedAlike): Fix {
  const { outcome } = group
  // Its answer is kept, and would be rejected again: the row stays with its record until another run takes it over.
  if ((outcome === 'rejected' || outcome === 'unrenderable') && isOwnedRow(group.reason)) {
    const only = group.count > group.examples.length ? '@keys.txt' : group.examples.map(listedKey).join(',')
    return {
      command: `offpeak run ${shellWord(job)} --redo --only ${shellWord(only)}`,
      first:
        only === '@keys.txt'
          ? `their rows belong to other records; to take them over is paid again. First: offpeak errors ${run} --status ${outcome} --error 'the row is its own' --keys > keys.txt`
          : 'the row belongs to another record, which may be gone from the source; to take it over is paid again',
    }
  }
  if (state === 'done' || state === 'cancelled' || outcome === 'review' || outcome === 'rejected')
    return mendWhenOver(run, group, maxOutputTokens)
  if (state === 'cancelling')
    return { command: `offpeak resume ${run}`, first: 'it is being cancelled; this takes it to its end' }
  if (!needsChange.includes(outcome)) return mendWhenOver(run, group, maxOutputTokens)
  // That is asked in a run of its own, and a job has one run at a time.
  return {
    command: `offpeak show ${run} ${keyArgument(group.examples[0] ?? '')}`,
    first: `it ends the same again until something changes; once the run is over, offpeak errors ${run} has the command that asks for it`,
  }
}

function mendWhenOver(
  run: string,
  { outcome, reason, examples }: EndedAlike,
  maxOutputTokens: number | null,
): Fix {
  const retry = `offpeak retry ${run} --status ${outcome}`
  const look = `offpeak show ${run} ${keyArgument(examples[0] ?? '')}`
  switch (outcome) {
    case 'invalid':
      return {
        command: reason === null ? retry : `offpeak retry ${run} --error ${shellWord(shortened(reason))}`,
        first: `see what came back: ${look}`,
      }
    case 'truncated': {
      const isReasoning = reason?.includes('reasoning') === true
      const raise = isReasoning
        ? 'raise `maxTokens` in the job, or let the model think less (its effort or thinking, in `parameters`)'
        : 'raise `maxTokens` in the job'
      if (maxOutputTokens === null) return { command: look, first: `${raise}; then ${retry}` }
      return {
        command: `${retry} --max-tokens ${roomier * maxOutputTokens}`,
        first: `the limit was ${maxOutputTokens} tokens; this allows more to these alone. For all: ${raise}, then ${retry}`,
      }
    }
    case 'refused':
      return {
        command: look,
        first: `the same request is refused again: change the prompt, then ${retry}; or add --model to it`,
      }
    case 'failed':
      return {
        command: look,
        first: `the provider calls the request wrong, and would again: fix the job, then ${retry}`,
      }
    case 'rejected':
      return {
        command: `offpeak merge ${run}`,
        first: 'fix the table, or `set` and add --today; the answers are kept, writing them again is free',
      }
    case 'review':
      return {
        command: `offpeak review ${run}`,
        first: `read them one by one; with a lower \`score.min\`, offpeak merge ${run} writes them all, at no cost`,
      }
    case 'stale':
      return { command: retry, first: 'the rows changed meanwhile; this asks for them as they are now' }
    case 'unrenderable':
    case 'oversize':
      return { command: look, first: `fix the rows or the prompt, then ${retry}` }
    case 'rescued':
      return { command: look, first: null }
    case 'pending':
    case 'held':
      return { command: `offpeak resume ${run}`, first: null }
    case 'lost':
      return {
        command: `offpeak resume ${run}`,
        first: `looks for the answers again, which costs nothing; \`${retry}\` sends the requests again, and may pay for them twice`,
      }
    case 'unsure':
      return { command: retry, first: 'it may have been paid; sending it again is paid again' }
    case 'transient':
    case 'expired':
    case 'missing':
    case 'cancelled':
    case 'declined':
    case 'merged':
      return { command: retry, first: null }
  }
}

/** A part of a reason that finds it again, without what differs from record to record. */
function shortened(reason: string): string {
  return reason.length <= 30 ? reason : reason.slice(0, 30).replace(/\s+\S*$/, '')
}
