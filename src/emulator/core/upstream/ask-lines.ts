import { ClockStopped } from '../clock.ts'
import type { BatchRules, Relay, Skipped } from '../dialect.ts'
import { isObject } from '../json.ts'
import type { BatchRecord } from '../records.ts'
import type { State } from '../state.ts'
import { isBlank, readLines } from '../batch/lines.ts'
import type { AnswerLog } from './answer-log.ts'
import type { Upstream } from './upstream.ts'

export interface Asking {
  readonly batch: BatchRecord
  readonly upstream: Upstream
  readonly relay: Relay
  readonly rules: BatchRules
  readonly log: AnswerLog
  /** Why no line begins any more; null: they do. */
  readonly closed: () => Skipped | null
  readonly progress: { completed: number; failed: number }
}

/**
 * The lines of a batch without an answer yet, asked from the upstream, as many at a time as it bears. What has begun
 * when the batch is cancelled comes to its end. Returns why it ended before the last line; null: it did not.
 */
export async function askLines(state: State, asking: Asking): Promise<Skipped | null> {
  const { batch, upstream, relay, rules, log, closed, progress } = asking
  const underWay = new Set<Promise<void>>()
  const failure: { error?: unknown } = {}
  const count = (status: number): void => {
    if (status === 200) progress.completed += 1
    else progress.failed += 1
  }
  const ask = async (index: number, body: object): Promise<void> => {
    const { status, body: answered } = await upstream.answer(relay.path(batch), body, state.stop)
    log.add(index, { status, body: isObject(answered) ? answered : { error: { message: 'no object' } } })
    count(status)
  }
  progress.completed = 0
  progress.failed = 0
  let index = 0
  let ended: Skipped | null = null
  lines: for await (const lines of readLines(state.snapshotPath(batch.id)))
    for (const line of lines) {
      if (isBlank(line)) continue
      const at = index
      index += 1
      const known = log.read(at)
      if (known) {
        count(known.status)
        continue
      }
      while (underWay.size >= upstream.concurrency) await Promise.race(underWay)
      ended = closed()
      if (ended !== null || 'error' in failure || state.stop.aborted) break lines
      // Validation has let no line pass that is none.
      const request = rules.readLine(state, batch, line.text, at)
      if (request === null) continue
      const asked: Promise<void> = ask(at, request.body)
        .catch((error: unknown) => {
          failure.error ??= error
        })
        .finally(() => underWay.delete(asked))
      underWay.add(asked)
    }
  await Promise.all(underWay)
  if (state.stop.aborted) throw new ClockStopped()
  if ('error' in failure) throw failure.error
  return ended
}
