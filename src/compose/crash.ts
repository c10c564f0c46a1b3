import type { CrashPoint } from '../engine/crash-points.ts'

/**
 * What a crash point does: nothing, unless the crash harness has named one as `<point>:<hit>`; then the process
 * kills itself there as hard as the system can. With `:stop` behind it, it only stands still until it is continued.
 */
export function crashPoints(crashAt: string | null): (point: CrashPoint) => void {
  if (crashAt === null) return () => undefined
  const [wanted, hit = '1', how = 'kill'] = crashAt.split(':')
  let left = Number(hit)
  return (point) => {
    if (point === wanted && --left === 0) process.kill(process.pid, how === 'stop' ? 'SIGSTOP' : 'SIGKILL')
  }
}
