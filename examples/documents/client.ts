import { type ErrorCode, OffpeakError } from 'offpeak'
import { z } from 'zod'

const document = z.looseObject({ id: z.string() })

/** A document as the service gives it. */
export type Found = z.output<typeof document>

/** The calls that the connectors make. Each throws `code` where the service cannot be reached, or refuses. */
export interface Client {
  page(after: string, limit: number): Promise<readonly Found[]>
  count(): Promise<number>
  lookup(ids: readonly string[]): Promise<readonly Found[]>
  patch(id: string, json: string): Promise<void>
}

export function clientOf(url: string, code: ErrorCode): Client {
  const call = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    let status = 'it cannot be reached'
    try {
      const response = await fetch(new URL(path, url), init)
      const text = await response.text()
      if (response.ok) return text === '' ? null : JSON.parse(text)
      status = `it answers ${response.status}`
    } catch (cause) {
      status = `it cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`
    }
    throw new OffpeakError(code, `the document service does not answer ${path}: ${status}`, {
      where: url,
      fix: 'start the service, or correct its address in the job file',
    })
  }
  return {
    page: async (after, limit) =>
      z
        .array(document)
        .parse(await call(`/documents?${new URLSearchParams({ after, limit: String(limit) }).toString()}`)),
    count: async () => z.number().parse(await call('/count')),
    lookup: async (ids) =>
      z.array(document).parse(await call('/lookup', { method: 'POST', body: JSON.stringify(ids) })),
    async patch(id, body) {
      await call(`/documents/${encodeURIComponent(id)}`, { method: 'PATCH', body })
    },
  }
}
