import { isDeepStrictEqual } from 'node:util'
import { keyParts } from 'offpeak'
import type { Sink, SinkConnector, SinkItem, SinkResult } from 'offpeak'
import { type Client, clientOf } from './client.ts'

/** Sets fields of the documents of a service, and makes those that are not there. */
export function documentFields({ url }: { readonly url: string }): SinkConnector {
  return {
    kind: 'documents',
    describe: `the documents of ${url}`,
    open: async () => sink(clientOf(url, 'E_SINK_TABLE'), url),
  }
}

function sink(client: Client, url: string): Sink {
  return {
    describe: `the documents of ${url}`,
    async dryRun({ values }) {
      jsonOf(values)
      await client.count()
    },
    async write(items) {
      const found = await client.lookup(items.map(idOf))
      const there = new Map(found.map((one) => [one.id, one]))
      // A chunk that comes again changes nothing: what is equal already is told, and a field is set to the same value.
      return Promise.all(
        items.map(async (item): Promise<SinkResult> => {
          let json = ''
          try {
            json = jsonOf(item.values)
          } catch (thrown) {
            return { kind: 'rejected', reason: thrown instanceof Error ? thrown.message : String(thrown) }
          }
          const now = there.get(idOf(item))
          const wanted: unknown = JSON.parse(json)
          if (now !== undefined && isDeepStrictEqual({ ...now, ...Object(wanted), id: now.id }, now))
            return { kind: 'same' }
          await client.patch(idOf(item), json)
          return { kind: 'written' }
        }),
      )
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

const idOf = ({ key }: Pick<SinkItem, 'key'>): string => keyParts(key)[0] ?? ''

/** Throws for what JSON cannot hold. */
function jsonOf(values: SinkItem['values']): string {
  return JSON.stringify(values)
}
