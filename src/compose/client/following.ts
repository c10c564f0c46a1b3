import type { RunStatus } from '../../engine/queries/status.ts'
import type { Project } from '../project.ts'

/** How a call waits for a run. */
export interface Following {
  /** Ends the waiting, and nothing else: what was sent goes on, and the next call for the job attaches to the run. */
  readonly signal?: AbortSignal | undefined
  /** Told where the run stands: at first, at most once a second while it goes on, and at the end. */
  readonly onProgress?: ((status: RunStatus) => void) | undefined
}

const tellEveryMs = 1_000

/**
 * The status of a run that this process drives until it is over or paused. Throws what the state throws, what
 * `onProgress` throws, and the signal's reason.
 */
export async function followRun(
  project: Pick<Project, 'drive' | 'status'>,
  runId: string,
  { signal, onProgress }: Following,
): Promise<RunStatus> {
  signal?.throwIfAborted()
  const stopper = new AbortController()
  const stop = signal === undefined ? stopper.signal : AbortSignal.any([signal, stopper.signal])
  let toldAt = -Infinity
  const tell = async (): Promise<boolean> => {
    if (onProgress !== undefined && performance.now() - toldAt >= tellEveryMs) {
      toldAt = performance.now()
      onProgress(await project.status(runId))
    }
    return false
  }
  await project.drive({ runIds: [runId], signal: stop, until: tell })
  signal?.throwIfAborted()
  const status = await project.status(runId)
  onProgress?.(status)
  return status
}
