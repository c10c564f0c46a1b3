import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

/** Everything that was read. The stream of events keeps it fresh, so that nothing is asked twice without need. */
export function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // What the server refused, it refuses again; only a way that is cut may heal.
        retry: (failures, error) => isAway(error) && failures < 2,
        networkMode: 'always',
      },
      // Nobody but a person repeats an act.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

function isAway(error: Error): boolean {
  return error instanceof ApiProblem && (error.problem.status === 0 || error.problem.status >= 502)
}
