import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultAction } from '../faults/action.ts'
import type { State } from '../state.ts'
import type { Call } from './call.ts'
import type { ErrorWriter } from './refused.ts'
import type { Delivery, Reply } from './reply.ts'

/** The connection is cut in place of an answer. */
export type Dropped = 'dropped'

/** A piece of work with the faults that strike a call before it and after it. */
export async function throughFaults(
  state: State,
  call: { readonly operation: string; readonly profile: string; readonly headers: IncomingHttpHeaders },
  write: ErrorWriter,
  work: (playing: Call['playing']) => Promise<Reply>,
): Promise<Reply | Dropped> {
  const before = state.faults.strike(call, 'before')
  const early = await inPlace(state, write, before.actions)
  const reply = early ?? (await work(before.playing))
  if (reply === 'dropped') return reply
  if (early !== null) return delivered(reply, before.actions)
  const after = state.faults.strike(call, 'after', reply.status < 300)
  const late = (await inPlace(state, write, after.actions)) ?? reply
  return late === 'dropped' ? late : delivered(late, [...before.actions, ...after.actions])
}

/** Waits where a fault hangs, and gives what comes in the place of the answer, if anything does. */
async function inPlace(
  state: State,
  write: ErrorWriter,
  actions: readonly FaultAction[],
): Promise<Reply | Dropped | null> {
  for (const action of actions) {
    if (action.type === 'hang') await sleep(action.ms, undefined, { signal: state.stop })
  }
  if (actions.some((action) => action.type === 'drop')) return 'dropped'
  for (const action of actions) {
    const replaced = replacement(write, action)
    if (replaced) return replaced
  }
  return null
}

function replacement(write: ErrorWriter, action: FaultAction): Reply | null {
  if (action.type === 'html') {
    return {
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: '<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please wait</h1></body></html>',
    }
  }
  if (action.type !== 'status') return null
  const { body, headers } =
    action.body === undefined
      ? write(action.status, action.fields ?? { message: `Fault: status ${action.status}.` })
      : { body: typeof action.body === 'string' ? action.body : JSON.stringify(action.body), headers: {} }
  return {
    status: action.status,
    headers: { 'content-type': 'application/json', ...headers, ...action.headers },
    body,
  }
}

/** The way an answer is sent after everything that happens to its sending: the shortest, the slowest. */
function delivered(reply: Reply, actions: readonly FaultAction[]): Reply {
  const all = [reply.delivery ?? {}, ...actions.map(deliveryOf)]
  const delivery: Delivery = Object.assign({}, ...all)
  const cuts = all.flatMap(({ cutAfterBytes }) => cutAfterBytes ?? [])
  if (Object.keys(delivery).length === 0) return reply
  return {
    ...reply,
    delivery: cuts.length === 0 ? delivery : { ...delivery, cutAfterBytes: Math.min(...cuts) },
  }
}

function deliveryOf(action: FaultAction): Delivery {
  if (action.type === 'truncate') return { cutAfterBytes: action.bytes }
  if (action.type === 'slow') return { bytesPerSecond: action.bytesPerSecond }
  return action.type === 'gzip' ? { gzip: action.mode } : {}
}
