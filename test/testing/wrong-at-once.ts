import { type ProviderFault, refused } from './wrong-provider.ts'

/** What can be wrong with a call that answers at once. */
export const atOnce: readonly ProviderFault[] = [
  {
    what: 'keeps what was answered at once under another id',
    test: 'like a line of results',
    change: (right) => ({ outputLine: (id, completed) => right.outputLine(`${id}0`, completed) }),
  },
  {
    what: 'takes a wrong key for an answer to the request',
    test: 'as the fault of no request',
    change: (right) => ({
      async complete(ask) {
        const reply = await right.complete(ask)
        return reply.kind === 'refused' ? { kind: 'accepted', value: { status: 400, body: {} } } : reply
      },
    }),
  },
  {
    what: 'asks again where an answer was lost',
    test: 'asked at once and not answered',
    change: (right) => ({
      async complete(ask) {
        const reply = await right.complete(ask)
        return reply.kind === 'unknown' ? right.complete(ask) : reply
      },
    }),
  },
  {
    what: 'does not know of a call that reached nobody',
    test: 'where nobody was reached',
    change: (right) => ({
      async complete(ask) {
        const reply = await right.complete(ask)
        return reply.kind === 'refused' ? { kind: 'unknown', message: 'who knows' } : reply
      },
    }),
  },
  {
    what: 'takes the page of a gateway for a request that was not looked at',
    test: 'nothing that came in between',
    change: (right) => ({
      async complete(ask) {
        const reply = await right.complete(ask)
        return reply.kind === 'unknown' ? refused('account') : reply
      },
    }),
  },
]
