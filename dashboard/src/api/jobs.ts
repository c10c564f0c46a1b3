import { queryOptions } from '@tanstack/react-query'
import type { Coverage, Job, Jobs } from '../../../src/server/contract/job.ts'
import { path, request } from './request.ts'

export function jobsQuery() {
  return queryOptions({
    queryKey: ['jobs'],
    queryFn: ({ signal }) => request<Jobs>('GET', '/jobs', { signal }),
  })
}

export function jobQuery(job: string) {
  return queryOptions({
    queryKey: ['job', job],
    queryFn: ({ signal }) => request<Job>('GET', path`/jobs/${job}`, { signal }),
  })
}

/** Reads the whole source of the job: only asked for when a person wants it, and kept until they ask again. */
export function coverageQuery(job: string, by: readonly string[]) {
  return queryOptions({
    queryKey: ['job', job, 'coverage', by],
    queryFn: ({ signal }) =>
      request<Coverage>('GET', path`/jobs/${job}/coverage`, { query: { by: by.join(',') }, signal }),
    staleTime: Infinity,
    gcTime: 3_600_000,
  })
}
