import { addressOf, fileNameOf } from './object-address.ts'

/** A job's name takes 63 characters of letters, digits, `+`, `-` and `.` (AWS document, CreateModelInvocationJob). */
export function jobNameOf(nonce: string): string {
  return `offpeak-${nonce}`
}

/** As the engine names what it stages: project, run, file, attempt, nonce. */
const stagedName = /^offpeak-(.+)-([^-]+)-(\d+)-a(\d+)-[^-]+\.jsonl$/

/**
 * Marks by which a job is recognised: the nonce of its attempt in its name, and project, run, file and attempt in the
 * name of its input. A job has no metadata, and its tags are in no list.
 */
export function markOf(jobName: string, inputUri: string | null): Readonly<Record<string, string>> {
  const [, nonce] = /^offpeak-([0-9A-Za-z]+)$/.exec(jobName) ?? []
  if (nonce === undefined) return {}
  const input = inputUri === null ? null : addressOf(inputUri)
  const [, project, run, batch, attempt] = input === null ? [] : (stagedName.exec(fileNameOf(input)) ?? [])
  return {
    offpeak_nonce: nonce,
    ...(project !== undefined && { offpeak: project }),
    ...(run !== undefined && { offpeak_run: run }),
    ...(batch !== undefined && { offpeak_batch: batch }),
    ...(attempt !== undefined && { offpeak_attempt: attempt }),
  }
}
