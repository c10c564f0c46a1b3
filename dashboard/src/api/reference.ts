import { queryOptions } from '@tanstack/react-query'
import { readProblem, unreachable } from './problem.ts'

/** What the server says of its own routes: an OpenAPI document, to be read with care. */
export function documentQuery() {
  return queryOptions({
    queryKey: ['document'],
    queryFn: async ({ signal }): Promise<unknown> => {
      const response = await fetch('/openapi.json', { signal, credentials: 'same-origin' }).catch(
        (error: unknown) => {
          if (signal.aborted) throw error
          throw unreachable(false)
        },
      )
      if (!response.ok) throw await readProblem(response)
      return response.json()
    },
    staleTime: Infinity,
  })
}
