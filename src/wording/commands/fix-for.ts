import type { Outcome } from '../../domain/outcome.ts'
import type { RunState } from '../../domain/run.ts'
import { keyArgument, listedKey } from '../typed-key.ts'
import { cliCommandForRetry } from './retry-command.ts'
import { needsChange } from '../remedies.ts'
import { shellWord } from '../shell-word.ts'
import { isOwnedRow } from '../taken-row.ts'

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
  /** What `command` asks again, for whoever prices it; null: it asks nothing again by `retry`. */
  readonly asks: {
    readonly outcomes: readonly Outcome[] | null
    readonly reason: string | null
    readonly maxTokens: number | null
  } | null
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

/** The fix for requests that ended alike, as far as it works in the present state of their run. */
export function fixFor({ run, job, state, maxOutputTokens }: RunAt, group: EndedAlike): Fix {
  const { outcome } = group
  // Its answer is kept, and would be rejected again: the row stays with its record until another run takes it over.
  if ((outcome === 'rejected' || outcome === 'unrenderable') && isOwnedRow(group.reason)) {
    const only = group.count > group.examples.length ? '@keys.txt' : group.examples.map(listedKey).join(',')
    return {
      asks: null,
      command: `offpeak plan ${shellWord(job)} --redo --only ${shellWord(only)}`,
      first:
        only === '@keys.txt'
          ? `their rows belong to other records; the plan says what it costs to take them over. First: offpeak errors ${run} --status ${outcome} --error 'the row is its own' --keys > keys.txt`
          : 'the row belongs to another record, which may be gone from the source; the plan says what it costs to take it over',
    }
  }
  if (state === 'done' || state === 'cancelled' || outcome === 'review' || outcome === 'rejected')
    return mendWhenOver(run, group, maxOutputTokens)
  if (state === 'cancelling')
    return {
      command: `offpeak resume ${run}`,
      first: 'it is being cancelled; this takes it to its end',
      asks: null,
    }
  if (!needsChange.includes(outcome)) return mendWhenOver(run, group, maxOutputTokens)
  // That is asked in a run of its own, and a job has one run at a time.
  return {
    asks: null,
    command: `offpeak show ${run} ${keyArgument(group.examples[0] ?? '')}`,
    first: `it ends the same again until something changes; once the run is over, offpeak errors ${run} has the command that asks for it`,
  }
}

function mendWhenOver(
  run: string,
  { outcome, reason, examples }: EndedAlike,
  maxOutputTokens: number | null,
): Fix {
  const look = `offpeak show ${run} ${keyArgument(examples[0] ?? '')}`
  // The amount of what is asked after a change is not known before it.
  const then = `then offpeak errors ${run} has the command that asks again, with its price`
  const free = (command: string, first: string | null): Fix => ({ command, first, asks: null })
  const ask = (asked: Partial<NonNullable<Fix['asks']>>, first: string | null): Fix => {
    const asks = { outcomes: null, reason: null, maxTokens: null, ...asked }
    return { command: cliCommandForRetry(run, { ...asks, keys: null, model: null }, null), first, asks }
  }
  const again = (first: string | null): Fix => ask({ outcomes: [outcome] }, first)
  switch (outcome) {
    case 'invalid':
      return reason === null
        ? again(`see what came back: ${look}`)
        : ask({ reason: shortened(reason) }, `see what came back: ${look}`)
    case 'truncated': {
      const isReasoning = reason?.includes('reasoning') === true
      const raise = isReasoning
        ? 'raise `maxTokens` in the job, or let the model think less (its effort or thinking, in `parameters`)'
        : 'raise `maxTokens` in the job'
      if (maxOutputTokens === null) return free(look, `${raise}; ${then}`)
      return ask(
        { outcomes: [outcome], maxTokens: roomier * maxOutputTokens },
        `the limit was ${maxOutputTokens} tokens; this allows more to these alone. For all: ${raise}, ${then}`,
      )
    }
    case 'refused':
      return free(look, `the same request is refused again: change the prompt or the model, ${then}`)
    case 'failed':
      return free(look, `the provider calls the request wrong, and would again: fix the job, ${then}`)
    case 'rejected':
      return free(
        `offpeak merge ${run}`,
        'fix the table, or `set` and add --today; the answers are kept, writing them again is free',
      )
    case 'review':
      return free(
        `offpeak review ${run}`,
        `read them one by one; with a lower \`score.min\`, offpeak merge ${run} --today writes them all, at no cost`,
      )
    case 'stale':
      return again('the rows changed meanwhile; this asks for them as they are now')
    case 'unrenderable':
    case 'oversize':
      return free(look, `fix the rows or the prompt, ${then}`)
    case 'rescued':
      return free(look, null)
    case 'pending':
    case 'held':
      return free(`offpeak resume ${run}`, null)
    case 'lost':
      return free(
        `offpeak resume ${run}`,
        'looks for the answers again, which costs nothing; `retry` with `--status lost` sends the requests again, and may pay for them twice',
      )
    case 'unsure':
      return again('it may have been paid; sending it again is paid again')
    case 'transient':
    case 'expired':
    case 'missing':
    case 'cancelled':
    case 'declined':
    case 'merged':
      return again(null)
  }
}

/** A part of a reason that finds it again, without what differs from record to record. */
function shortened(reason: string): string {
  return reason.length <= 30 ? reason : reason.slice(0, 30).replace(/\s+\S*$/, '')
}
